import Configurations
import Foundation
import Networks

/// What a network is, in lines for a person.
func summary(of family: any NetworkFamily, _ network: any Network) -> [String] {
    [
        "network: " + family.summary,
        String(format: "parameters: %.2f M", Double(network.store.parameterCount) / 1e6),
    ]
}
