package ion;

import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okhttp3.Response;

/** What Kotlin would have to write in one way for OkHttp 3 and in another for OkHttp 4 and 5. */
final class OkHttpAccess {
    private OkHttpAccess() {}

    static RequestBody json(String text) {
        return RequestBody.create(MediaType.parse("application/json"), text);
    }

    static int status(Response response) {
        return response.code();
    }

    static String text(Response response) throws IOException {
        try (Response closing = response) {
            return closing.body().string();
        }
    }
}
