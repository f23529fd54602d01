package io.kappa.router.api.operation;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** What a request is answered with. The request id and the length are added on the way out. */
public record ApiAnswer(int status, String contentType, Buffer body) {
    private static final JsonFactory JSON = new JsonFactory();

    /** Writes one JSON value. */
    @FunctionalInterface
    public interface JsonBody {
        void write(JsonGenerator json) throws IOException;
    }

    public static ApiAnswer json(int status, JsonBody body) {
        var bytes = new ByteArrayOutputStream(1024);
        try (var json = JSON.createGenerator(bytes)) {
            body.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Memory does not fail to be written.
        }
        return new ApiAnswer(status, "application/json", Buffer.buffer(bytes.toByteArray()));
    }

    /** A status alone. */
    public static ApiAnswer empty(int status) {
        return new ApiAnswer(status, "application/json", Buffer.buffer());
    }
}
