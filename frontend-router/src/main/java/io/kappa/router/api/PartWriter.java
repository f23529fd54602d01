package io.kappa.router.api;

import io.kappa.router.dispatch.PartTaker.PartSource;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;

/**
 * Writes a response part by part, and holds up where the parts come from while the caller does not take them. Where the caller has gone,
 * the rest is dropped and the function runs on to its end.
 */
final class PartWriter {
    private final HttpServerResponse response;
    private final PartSource source;

    PartWriter(HttpServerResponse response, PartSource source) {
        this.response = response;
        this.source = source;
        response.drainHandler(_ -> source.resume()).closeHandler(_ -> source.resume());
    }

    void write(Buffer bytes) {
        if (response.closed() || bytes.length() == 0) {
            return;
        }
        var _ = response.write(bytes);
        if (response.writeQueueFull()) {
            source.pause();
        }
    }
}
