package import SMTP

/// What a test does: try the connection, or send a real message.
package typealias TestKind = TraceKind
