package ion

import java.io.File
import java.io.FileOutputStream
import java.io.IOException
import java.net.URLDecoder
import java.net.URLEncoder
import java.util.concurrent.ConcurrentHashMap
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/** Where unsent messages and the account's tokens are kept between runs of the program. */
interface Storage {
    /** Return a value, null when there is none. */
    suspend fun get(key: String): String?

    /** Keep a value; it is durable when this returns. */
    suspend fun set(key: String, value: String)

    /** Forget a value. */
    suspend fun remove(key: String)

    /** Return all keys. */
    suspend fun keys(): List<String>
}

/** Keeps values as long as the program runs. */
class MemoryStorage : Storage {
    private val values = ConcurrentHashMap<String, String>()

    override suspend fun get(key: String): String? = values[key]

    override suspend fun set(key: String, value: String) {
        values[key] = value
    }

    override suspend fun remove(key: String) {
        values.remove(key)
    }

    override suspend fun keys(): List<String> = values.keys.toList()
}

/**
 * Keeps each value in a file of [folder], which belongs to one program; on Android a folder in `filesDir`.
 *
 * A value is synced and then moved in place, so that a crash leaves the old one or the new one.
 */
class FileStorage(private val folder: File) : Storage {
    override suspend fun get(key: String): String? = withContext(Dispatchers.IO) {
        file(key).takeIf(File::exists)?.readText()
    }

    override suspend fun set(key: String, value: String) = withContext(Dispatchers.IO) {
        folder.mkdirs()
        val new = File(folder, file(key).name + NEW)
        FileOutputStream(new).use {
            it.write(value.toByteArray())
            it.fd.sync()
        }
        if (!new.renameTo(file(key))) throw IOException("cannot write into $folder")
    }

    override suspend fun remove(key: String) = withContext(Dispatchers.IO) {
        file(key).delete()
        Unit
    }

    override suspend fun keys(): List<String> = withContext(Dispatchers.IO) {
        folder.list().orEmpty().filterNot { it.endsWith(NEW) }.map { URLDecoder.decode(it, UTF_8) }
    }

    private fun file(key: String) = File(folder, URLEncoder.encode(key, UTF_8))

    private companion object {
        const val NEW = "+new"
        const val UTF_8 = "UTF-8"
    }
}
