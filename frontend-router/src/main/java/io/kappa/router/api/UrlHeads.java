package io.kappa.router.api;

import io.kappa.router.api.url.CorsHeaders;
import io.kappa.router.api.url.ResponseHead;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/** Writes the head that a function gives into a response that may have headers of the platform's already, which stay. */
final class UrlHeads {

    static void write(HttpServerResponse response, ResponseHead head) {
        var headers = response.headers();
        boolean corsIsTold = headers.names().stream().anyMatch(CorsHeaders::isOne);
        head.headers().forEach((name, value) -> {
            if (CorsHeaders.isOne(name) && corsIsTold) {
                return;
            }
            if (name.equals("vary")) {
                headers.add(name, value);
            } else {
                headers.set(name, value);
            }
        });
        head.cookies().forEach(cookie -> headers.add(HttpHeaders.SET_COOKIE, cookie));
    }

    /** Whether a response is one without a body, whatever the function gives: to HEAD, and of a status that has none. */
    static boolean isBodiless(HttpServerRequest request) {
        int status = request.response().getStatusCode();
        return request.method().equals(HttpMethod.HEAD) || status == 204 || status == 304;
    }

    private UrlHeads() {}
}
