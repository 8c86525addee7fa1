import Foundation

/// A passcode or a secret in memory of its own, which is wiped when it goes.
///
///     let passcode = SecretBytes(utf8: typed)
///     defer { passcode.wipe() }
///     try vault.unlock(passcode: passcode, installationSecret: secret)
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

    private init(random count: Int) {
        memory = .allocate(byteCount: count, alignment: 1)
        // The system's, which is made for keys.
        var system = SystemRandomNumberGenerator()
        for at in 0..<count { memory[at] = UInt8.random(in: 0...255, using: &system) }
    }

    /// 32 random bytes for the platform to keep: an installation secret or a biometric secret, never one for both.
    public static func make() -> SecretBytes { SecretBytes(random: 32) }

    /// The memory itself, for as long as `use` runs: for the keychain, which keeps a secret that was made here. No `Data`
    /// of it: one of a few bytes is a copy that nobody wipes.
    public func withBytes<R>(_ use: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try withExtendedLifetime(self) { try use(UnsafeRawBufferPointer(memory)) }
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
