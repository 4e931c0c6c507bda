import CLinux

/// What a crash leaves behind.
package enum CrashDumps {
    /// Switches core dumps off, and tracing by other processes: memory holds secrets.
    package static func forbid() {
        // Where the system refuses, the limits of the service unit still hold.
        _ = sendproof_forbid_core_dumps()
    }
}
