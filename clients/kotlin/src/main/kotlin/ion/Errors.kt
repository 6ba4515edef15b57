package ion

/** What the server or the connection said no with; [code] is one of the protocol's. */
class IonException(
    val code: String,
    message: String,
    val retryable: Boolean = false,
    val retryAfterMs: Long? = null,
    cause: Throwable? = null,
) : Exception(message, cause)
