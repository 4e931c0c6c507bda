import CCurl
import Observability

/// Sets options one after the other; after the first that fails, none.
struct CurlSetting {
    private(set) var code = CURLE_OK
    private let easy: UnsafeMutableRawPointer

    init(_ easy: UnsafeMutableRawPointer) {
        self.easy = easy
    }

    mutating func set(_ option: (UnsafeMutableRawPointer) -> CURLcode) {
        if code == CURLE_OK { code = option(easy) }
    }

    mutating func number(_ option: CURLoption, _ value: Int) {
        set { sendproof_curl_set_number($0, option, value) }
    }

    mutating func text(_ option: CURLoption, _ value: String) {
        set { sendproof_curl_set_text($0, option, value) }
    }

    mutating func list(_ option: CURLoption, _ list: UnsafeMutablePointer<curl_slist>?) {
        set { sendproof_curl_set_list($0, option, list) }
    }

    /// Nothing for no bytes.
    mutating func blob(_ option: CURLoption, _ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        set { sendproof_curl_set_blob($0, option, bytes, bytes.count) }
    }

    /// Text in UTF-8 without NUL; nothing for nil.
    mutating func secret(_ option: CURLoption, _ value: Redacted<[UInt8]>?) {
        guard let value else { return }
        set { easy in
            value.reveal { bytes in
                guard !bytes.contains(0) else { return CURLE_BAD_FUNCTION_ARGUMENT }
                return (bytes + [0]).withUnsafeBufferPointer { bytes in
                    bytes.withMemoryRebound(to: CChar.self) {
                        sendproof_curl_set_text(easy, option, $0.baseAddress)
                    }
                }
            }
        }
    }
}

/// Lists of texts that must live as long as their transfer.
struct CurlLists {
    private var lists: [UnsafeMutablePointer<curl_slist>] = []

    /// Nil for no texts.
    mutating func make(_ texts: [[UInt8]]) -> UnsafeMutablePointer<curl_slist>? {
        var list: UnsafeMutablePointer<curl_slist>?
        for text in texts {
            (text + [0]).withUnsafeBufferPointer { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    list = curl_slist_append(list, $0.baseAddress)
                }
            }
        }
        if let list { lists.append(list) }
        return list
    }

    func free() {
        for list in lists { curl_slist_free_all(list) }
    }
}
