package io.kappa.worker.runtimeapi;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.LastHttpContent;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.Base64;
import java.util.Optional;

/**
 * The trailers of one request, in which a runtime says that its handler failed after the response had begun. Vert.x drops them, so they are
 * picked up in front of it. On the event loop of the connection.
 */
final class Trailers extends ChannelInboundHandlerAdapter {
    private static final String ERROR_TYPE = "Lambda-Runtime-Function-Error-Type";
    private static final String ERROR_BODY = "Lambda-Runtime-Function-Error-Body";

    private HttpHeaders found = EmptyHttpHeaders.INSTANCE;

    private Trailers() {}

    /** To be called as soon as the head of the request is there. */
    static Trailers of(HttpServerRequest request) {
        var trailers = new Trailers();
        var connection = ((HttpServerConnection) request.connection()).channelHandlerContext();
        connection.pipeline().addBefore(connection.name(), null, trailers);
        return trailers;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof LastHttpContent last) {
            found = last.trailingHeaders();
            context.pipeline().remove(this);
        }
        context.fireChannelRead(message);
    }

    /** What the runtime says went wrong, once all of the request is there. */
    Optional<ReportedError> error() {
        var type = found.get(ERROR_TYPE);
        var body = found.get(ERROR_BODY);
        return type == null && body == null
                ? Optional.empty()
                : Optional.of(ReportedError.of(type, body == null ? Buffer.buffer("{}") : decoded(body)));
    }

    private static Buffer decoded(String base64) {
        try {
            return Buffer.buffer(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            return Buffer.buffer("{}"); // That it failed is certain all the same.
        }
    }
}
