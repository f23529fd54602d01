package io.kappa.worker.runtimeapi;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the body of one request up to a limit. What lies beyond it is read and dropped, so that the sender gets to read the answer
 * instead of a broken connection. Exactly one of the reader's methods is called.
 */
public final class BoundedBody {
    private final int limit;
    private final Reader reader;
    private @Nullable Buffer gathered;
    private long length;
    private boolean over;

    /** Takes the body, on the event loop of the request. */
    public interface Reader {
        void complete(Buffer body);

        void tooLarge(long length);

        /** The connection broke before the end. */
        void broken();
    }

    private BoundedBody(int limit, Reader reader) {
        this.limit = limit;
        this.reader = reader;
    }

    public static void read(HttpServerRequest request, int limit, Reader reader) {
        var body = new BoundedBody(limit, reader);
        request.handler(body::add).endHandler(_ -> body.end()).exceptionHandler(_ -> body.fail());
    }

    private void add(Buffer chunk) {
        length += chunk.length();
        if (length > limit) {
            gathered = null;
        } else if (gathered == null) {
            gathered = chunk; // Nearly always the whole of it, and then nothing is copied.
        } else {
            gathered.appendBuffer(chunk);
        }
    }

    private void end() {
        if (over) {
            return;
        }
        over = true;
        if (length > limit) {
            reader.tooLarge(length);
        } else {
            reader.complete(gathered == null ? Buffer.buffer() : gathered);
        }
    }

    private void fail() {
        if (!over) {
            over = true;
            reader.broken();
        }
    }
}
