package io.kappa.worker.runtimeapi;

import io.kappa.kit.http.BoundedBody;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/**
 * Reads the body of one request up to a limit. What lies beyond it is read and dropped, so that the sender gets to read the answer instead of
 * a broken connection. Exactly one of the reader's methods is called.
 */
public final class RequestBody {
    private final BoundedBody body;
    private final Reader reader;
    private boolean over;

    /** Takes the body, on the event loop of the request. */
    public interface Reader {
        void complete(Buffer body);

        void tooLarge(long length);

        /** The connection broke before the end. */
        void broken();
    }

    private RequestBody(int limit, Reader reader) {
        this.body = new BoundedBody(limit, 0);
        this.reader = reader;
    }

    public static void read(HttpServerRequest request, int limit, Reader reader) {
        var reading = new RequestBody(limit, reader);
        request.handler(reading.body::take).endHandler(_ -> reading.end()).exceptionHandler(_ -> reading.fail());
    }

    private void end() {
        if (over) {
            return;
        }
        over = true;
        if (body.isBeyond()) {
            reader.tooLarge(body.seen());
        } else {
            reader.complete(body.whole());
        }
    }

    private void fail() {
        if (!over) {
            over = true;
            reader.broken();
        }
    }
}
