import CLinux

/// How many descriptors this process may open.
package enum DescriptorLimit {
    /// Raises the soft limit to the hard one and returns it.
    package static func raise() -> Int {
        Int(clamping: sendproof_raise_descriptor_limit())
    }
}
