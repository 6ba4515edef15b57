import XCTest

@testable import Ion

final class VectorFramesTests: XCTestCase {
    private let known: Set<String> = [
        "welcome", "attached", "snapshot", "ack", "pong", "error", "drain", "message",
        "turn_started", "routed", "delta", "turn_restarted", "turn_done", "turn_failed",
        "session_updated", "safety", "notice", "feedback", "read", "memory_saved",
    ]

    /// Every frame that a vector's server sends is decoded as what it is, a new type as unknown.
    func testEveryFrameOfTheVectorsIsDecoded() throws {
        let frames = try VectorFrames.all()
        XCTAssertFalse(frames.isEmpty)
        for (vector, frame) in frames {
            let decoded = try decode(frame)
            let type = frame["type"] as? String ?? ""
            if case .unknown(let other) = decoded {
                XCTAssertFalse(known.contains(type), "\(type) of \(vector) is not understood")
                XCTAssertEqual(other.type, type)
            } else {
                XCTAssertTrue(known.contains(type), "\(type) of \(vector) should be unknown")
            }
        }
    }

    func testAFrameOfANewTypeStillMovesTheCursor() throws {
        let frame = try decode(["type": "celebrated", "session_id": "s_1", "seq": 7, "confetti": true])
        XCTAssertEqual(frame.place?.sessionId, "s_1")
        XCTAssertEqual(frame.place?.seq, 7)
    }

    func testFieldsThatAServerLeavesOutHaveTheirDefaults() throws {
        let frame = try decode([
            "type": "snapshot", "epoch": "e1", "seq": 3, "messages": [[String: Any]](),
            "session": ["id": "s_1", "title": "", "created_at": VectorFrames.at, "updated_at": VectorFrames.at],
        ])
        guard case .snapshot(let snapshot) = frame else { return XCTFail("no snapshot: \(frame)") }
        XCTAssertEqual(snapshot.session.unread, 0)
        XCTAssertEqual(snapshot.session.state, "active")
        XCTAssertNil(snapshot.runningTurn)
    }

    func testWhatIsSentHasItsType() throws {
        let frame = ClientFrame.send(.init(clientMsgId: "c1", text: "안녕 🙂"))
        let sent = try JSONSerialization.jsonObject(with: JSONEncoder().encode(frame)) as? [String: Any]
        XCTAssertEqual(sent?["type"] as? String, "send")
        XCTAssertEqual(sent?["client_msg_id"] as? String, "c1")
        XCTAssertEqual(sent?["text"] as? String, "안녕 🙂")
        XCTAssertNil(sent?["session_id"])
    }

    private func decode(_ frame: [String: Any]) throws -> ServerFrame {
        try JSONDecoder().decode(ServerFrame.self, from: JSONSerialization.data(withJSONObject: frame))
    }
}
