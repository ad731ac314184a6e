import Glibc
import Synchronization

/// The signal that asked for the end, 0 while none did.
private let received = Atomic<Int32>(0)

/// Ctrl-C and its like: the first asks the run to finish its step and save, the second ends the process at
/// once. A terminal that closes says so more than once (SIGHUP): that never counts as the second.
package enum Interruption {
    /// Takes over SIGINT, SIGTERM, SIGQUIT and, unless it is ignored (nohup), SIGHUP for the rest of the process.
    package static func install() {
        received.store(0, ordering: .relaxed)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { signal in
            if signal == SIGHUP {
                guard received.compareExchange(expected: 0, desired: signal, ordering: .relaxed).exchanged else {
                    return
                }
            } else {
                let before = received.exchange(signal, ordering: .relaxed)
                if before != 0, before != SIGHUP { _exit(128 + signal) }
            }
            let text: StaticString =
                "\nfinishing what is under way, then ending (once more to end at once and lose it)\n"
            _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
        }
        action.sa_flags = SA_RESTART
        // Whoever started the process may have blocked them, as launchers with threads do.
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGQUIT, SIGHUP] where signal != SIGHUP || !isIgnored(signal) {
            sigaction(signal, &action, nil)
            sigaddset(&signals, signal)
        }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    private static func isIgnored(_ signal: Int32) -> Bool {
        var action = sigaction()
        sigaction(signal, nil, &action)
        let handler = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
        return handler == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// The signal that asked for the end; nil while none did.
    package static var signal: Int32? {
        let signal = received.load(ordering: .relaxed)
        return signal == 0 ? nil : signal
    }
}
