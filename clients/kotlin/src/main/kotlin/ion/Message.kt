package ion

/** How the connection is; [DENIED] until `wake` or `connect`: the server does not let this user in. */
enum class State { IDLE, CONNECTING, OPEN, WAITING, DENIED }

/** Who wrote a message. */
enum class Role { USER, ASSISTANT }

/**
 * How far a message is.
 *
 * The user's: [QUEUED] (kept on this device), [SENT] (durable on the server), [FAILED] (refused for good).
 * The assistant's: [STREAMING], then [DONE], [STOPPED] or [FAILED].
 */
enum class Status { QUEUED, SENT, STREAMING, DONE, STOPPED, FAILED }

/**
 * One message as it is shown.
 *
 * [key] never changes: the `client_msg_id` of what was said, the id of an answer, and the turn's id of
 * one that failed before its first word.
 * [error] is the protocol's code of what [Status.FAILED] means.
 */
data class Message(
    val key: String,
    val id: String?,
    val role: Role,
    val text: String,
    val status: Status,
    val turnId: String? = null,
    val clientMsgId: String? = null,
    val persona: String? = null,
    val error: String? = null,
)
