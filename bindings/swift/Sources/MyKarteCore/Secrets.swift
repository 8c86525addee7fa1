import Foundation

/// A passcode or a secret that is wiped when it goes. Pass `bytes` to the vault and keep no copy of it.
///
///     let passcode = SecretBytes(utf8: typed)
///     defer { passcode.wipe() }
///     try vault.unlock(passcode: passcode.bytes, installationSecret: secret.bytes)
public final class SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable, @unchecked Sendable {
    private let memory: UnsafeMutableRawBufferPointer

    /// Copies `bytes`; wiping what they came from is the caller's part.
    public init(_ bytes: some Collection<UInt8>) {
        memory = .allocate(byteCount: bytes.count, alignment: 1)
        memory.copyBytes(from: bytes)
    }

    /// The text as UTF-8. A `String` cannot be wiped: let it go soon.
    public convenience init(utf8 text: String) {
        self.init(text.utf8)
    }

    /// For a call of the vault: no copy, the memory itself, which lives as long as either of the two.
    public var bytes: Data {
        guard let start = memory.baseAddress, memory.count > 0 else { return Data() }
        let owner = self
        return Data(bytesNoCopy: start, count: memory.count, deallocator: .custom { _, _ in withExtendedLifetime(owner) {} })
    }

    /// Overwrites the memory with zeros. A call with it then throws `wipedSecret`.
    public func wipe() {
        guard let start = memory.baseAddress else { return }
        // Not `memset`: the compiler may leave out a write in front of a release.
        #if canImport(Darwin)
            memset_s(start, memory.count, 0, memory.count)
        #else
            explicit_bzero(start, memory.count)
        #endif
    }

    deinit {
        wipe()
        memory.deallocate()
    }

    public var description: String { "SecretBytes([redacted])" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
