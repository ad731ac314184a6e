/// The work of one part of a network, as profiles list it.
package struct ModuleWork: Sendable, Equatable {
    /// The official name; `ModuleTimer` knows the module by it.
    package let name: String
    /// Official names under which its parameters stand.
    package let scopes: [String]
    /// Multiply-adds for one image, by the convention of the papers.
    package let multiplyAdds: Int

    /// A module; its parameters stand under its name unless `scopes` says otherwise.
    package init(_ name: String, scopes: [String]? = nil, multiplyAdds: Int) {
        self.name = name
        self.scopes = scopes ?? [name]
        self.multiplyAdds = multiplyAdds
    }

    /// The same module as part of `parent`.
    package func within(_ parent: String) -> ModuleWork {
        ModuleWork(parent + "." + name, scopes: scopes.map { parent + "." + $0 }, multiplyAdds: multiplyAdds)
    }
}
