import Glibc
import Synchronization

/// The signal that asked for the end, 0 while none did.
private let received = Atomic<Int32>(0)

/// Ctrl-C and its like: the first asks the run to finish its step and save, the second ends the process at
/// once.
package enum Interruption {
    /// Takes over SIGINT and SIGTERM for the rest of the process.
    package static func install() {
        received.store(0, ordering: .relaxed)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { signal in
            if received.exchange(signal, ordering: .relaxed) != 0 { _exit(128 + signal) }
            let text: StaticString =
                "\nfinishing the step, then saving (once more to stop at once and lose it)\n"
            _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
        }
        action.sa_flags = SA_RESTART
        sigaction(SIGINT, &action, nil)
        sigaction(SIGTERM, &action, nil)
        // Whoever started the process may have blocked them, as launchers with threads do.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    /// The signal that asked for the end; nil while none did.
    package static var signal: Int32? {
        let signal = received.load(ordering: .relaxed)
        return signal == 0 ? nil : signal
    }
}
