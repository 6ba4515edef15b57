import Foundation

/// The server's frames in `schemas/vectors`, with the fields that vectors leave out.
struct VectorFrames {
    typealias Object = [String: Any]

    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("schemas/vectors")

    static let at = "2026-11-01T09:00:00Z"

    static let constant: [String: Object] = [
        "welcome": [
            "connection_id": "n_1", "user_id": "u_1", "protocol": "2.1", "server_time": at,
            "heartbeat_s": 25,
            "limits": ["text_chars": 8000, "frame_bytes": 65536, "sessions": 16],
        ],
        "attached": ["session_id": "s_1", "epoch": "e1", "seq": 0, "recovered": true],
        "snapshot": ["session": Object(), "messages": [Object](), "epoch": "e1", "seq": 0],
        "ack": ["session_id": "s_1", "duplicate": false],
        "error": ["message": "", "retryable": false],
        "turn_started": ["attempt": 1],
        "routed": [
            "persona": "lua", "choices": [Object](), "resonance_key": "calm",
            "resonance_confidence": 0.5, "override": false,
        ],
        "turn_done": [
            "persona": "lua", "finish_reason": "stop", "model": "scripted",
            "usage": ["prompt_tokens": 1, "completion_tokens": 1], "memories_used": [String](),
        ],
        "turn_failed": ["message": "", "retryable": false],
    ]

    /// Return the frames of all vectors, each with the name of its vector.
    static func all() throws -> [(vector: String, frame: Object)] {
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        var frames: [(vector: String, frame: Object)] = []
        for file in files where file.pathExtension == "json" {
            let vector = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? Object
            for step in vector?["server"] as? [Object] ?? [] {
                guard let frame = step["send"] as? Object else { continue }
                frames.append((file.lastPathComponent, filled(frame)))
            }
        }
        return frames
    }

    private static func filled(_ frame: Object) -> Object {
        let type = frame["type"] as? String ?? ""
        var found = constant[type] ?? [:]
        if frame["seq"] != nil && type != "attached" && type != "snapshot" {
            found["session_id"] = "s_1"
            found["at"] = at
        }
        found.merge(frame) { _, given in given }
        if type == "message", let message = found["message"] as? Object {
            found["message"] = whole(message)
        }
        if type == "snapshot" {
            let session: Object = ["id": "s_1", "title": "", "created_at": at, "updated_at": at]
            found["session"] = session.merging(found["session"] as? Object ?? [:]) { _, given in given }
            found["messages"] = (found["messages"] as? [Object] ?? []).map(whole)
        }
        return found
    }

    private static func whole(_ message: Object) -> Object {
        let constant: Object = ["role": "user", "created_at": at]
        return constant.merging(message) { _, given in given }
    }
}
