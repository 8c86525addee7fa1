import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The platform's HTTP for downloads: certificates, authorities and proxies are the device's. One for as long as the app runs.
public final class PlatformHttp: HttpClient, @unchecked Sendable {
    private let session: URLSession
    private let exchanges = Exchanges()
    private let silence: TimeInterval

    /// Gives up after so many seconds without a byte.
    public init(silence: TimeInterval = 30) {
        let settings = URLSessionConfiguration.ephemeral
        settings.timeoutIntervalForRequest = silence
        settings.requestCachePolicy = .reloadIgnoringLocalCacheData
        settings.urlCache = nil
        settings.urlCredentialStorage = nil
        settings.httpCookieStorage = nil
        settings.httpShouldSetCookies = false
        session = URLSession(configuration: settings, delegate: exchanges, delegateQueue: nil)
        self.silence = silence
    }

    deinit { session.invalidateAndCancel() }

    public func call(call: HttpCall) throws -> HttpResponse {
        guard let url = URL(string: call.url) else { throw HttpFailure.unreachable }
        var request = URLRequest(url: url)
        request.httpMethod =
            switch call.method {
            case .get: "GET"
            case .post: "POST"
            case .put: "PUT"
            }
        // What is asked for by itself is also unpacked by itself.
        request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
        for header in call.headers { request.setValue(header.value, forHTTPHeaderField: header.name) }
        if !call.body.isEmpty { request.httpBody = call.body }
        let exchange = Exchange(session.dataTask(with: request), silence: silence)
        exchanges.begin(exchange)
        let head = try exchange.head()
        let headers = head.allHeaderFields.map { HttpHeader(name: "\($0.key)", value: "\($0.value)") }
        return HttpResponse(status: UInt16(clamping: head.statusCode), headers: headers, body: exchange)
    }
}

/// One request and what comes of it, between the session's queue and the thread that reads.
private final class Exchange: HttpBody, @unchecked Sendable {
    /// More than any package: what is sent beyond it is not waited for.
    private static let most = 65 << 20

    let task: URLSessionDataTask
    private let silence: TimeInterval
    private let changed = NSCondition()
    private var response: HTTPURLResponse?
    private var waiting = Data()
    private var isOver = false
    private var failure: HttpFailure?

    init(_ task: URLSessionDataTask, silence: TimeInterval) {
        self.task = task
        self.silence = silence
    }

    func head() throws -> HTTPURLResponse {
        try wait { response != nil }
        guard let response else { throw HttpFailure.broken }
        return response
    }

    func read(most: UInt32) throws -> Data {
        try wait { !waiting.isEmpty }
        changed.lock()
        defer { changed.unlock() }
        let piece = Data(waiting.prefix(Int(most)))
        waiting = Data(waiting.dropFirst(piece.count))
        return piece
    }

    func finish() throws { task.cancel() }

    /// Until there is something, or nothing more; every byte begins the silence anew.
    private func wait(_ isThere: () -> Bool) throws {
        changed.lock()
        defer { changed.unlock() }
        let end = Date(timeIntervalSinceNow: silence)
        while !isThere() {
            if let failure { throw failure }
            if isOver { return }
            if !changed.wait(until: end), !isThere(), !isOver {
                task.cancel()
                throw HttpFailure.timedOut
            }
        }
    }

    func begin(_ response: HTTPURLResponse) { change { self.response = response } }

    func add(_ data: Data) {
        change { waiting.append(data) }
        if waiting.count > Self.most { task.cancel() }
    }

    func end(_ error: Error?) {
        change {
            isOver = true
            failure = error.map(why)
        }
    }

    private func change(_ change: () -> Void) {
        changed.lock()
        change()
        changed.broadcast()
        changed.unlock()
    }
}

/// Which exchange a task is, for the session.
private final class Exchanges: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    private let lock = NSLock()
    private var known: [Int: Exchange] = [:]

    func begin(_ exchange: Exchange) {
        lock.withLock { known[exchange.task.taskIdentifier] = exchange }
        exchange.task.resume()
    }

    private func exchange(_ task: URLSessionTask) -> Exchange? { lock.withLock { known[task.taskIdentifier] } }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        if let response = response as? HTTPURLResponse { exchange(dataTask)?.begin(response) }
        completionHandler(.allow)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        exchange(dataTask)?.add(data)
    }

    /// The token would go along.
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: Error?) {
        lock.withLock { known.removeValue(forKey: task.taskIdentifier) }?.end(error)
    }
}

/// What the platform says, in the words of the library.
private func why(_ error: Error) -> HttpFailure {
    switch (error as? URLError)?.code {
    case .timedOut: .timedOut
    case .cannotFindHost, .cannotConnectToHost, .dnsLookupFailed, .notConnectedToInternet, .dataNotAllowed,
        .internationalRoamingOff, .callIsActive:
        .unreachable
    case .secureConnectionFailed, .serverCertificateUntrusted, .serverCertificateHasBadDate,
        .serverCertificateNotYetValid, .serverCertificateHasUnknownRoot:
        .untrusted
    default: .broken
    }
}
