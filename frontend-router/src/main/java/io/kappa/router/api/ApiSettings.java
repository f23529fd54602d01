package io.kappa.router.api;

import io.kappa.contracts.invocation.QueuedEvent;
import io.kappa.kit.settings.Secret;
import io.kappa.kit.settings.Settings;
import io.kappa.router.api.function.Home;
import io.kappa.router.api.url.UrlAddresses;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * The Lambda HTTP API of one router.
 *
 * @param port 0 takes a free one
 * @param eventLoops how many threads accept and answer requests
 * @param home the account and region that are served
 * @param codeLinkSecret signs links to packages; routers behind one address must share it. Without one, links are good at the router that
 *     made them and until it ends.
 * @param publicUrl how callers reach this router, where that is not the address by which their requests arrive
 * @param urlTemplate how callers reach function URLs, with {@code {id}} in it, where that is not below this router's own address
 * @param bufferMegabytes memory that bodies of more than 64 KB may take in all; past it, requests are refused with a throttle
 * @param mostEventBytes longest payload of an asynchronous invocation
 * @param stopTimeout how long running requests may go on once the router stops
 */
public record ApiSettings(
        String host,
        int port,
        int eventLoops,
        Home home,
        Optional<Secret> codeLinkSecret,
        Optional<URI> publicUrl,
        Optional<String> urlTemplate,
        int bufferMegabytes,
        int mostEventBytes,
        Duration stopTimeout) {

    public static ApiSettings from(Settings settings) {
        return new ApiSettings(
                settings.text("router.host", "127.0.0.1"),
                settings.port("router.port", 9000),
                settings.integer("router.event-loops", Runtime.getRuntime().availableProcessors(), 1, 1024),
                new Home(
                        settings.text("router.region", "us-east-1"),
                        settings.text("router.account-id", "000000000000")),
                settings.secret("router.code.link-secret"),
                settings.text("router.public-url").map(URI::create),
                settings.text(
                        "router.function-url",
                        UrlAddresses.TEMPLATE,
                        "a URL with {id} in it, such as http://{id}.lambda-url.localhost:9000/"),
                settings.integer("router.buffer-megabytes", defaultBufferMegabytes(), 96, Integer.MAX_VALUE),
                settings.integer(
                        "router.event.maximum-bytes", QueuedEvent.LONGEST_PAYLOAD, 1, QueuedEvent.LONGEST_PAYLOAD),
                settings.duration("router.stop-timeout", Duration.ofSeconds(30)));
    }

    /** A quarter of the heap, and at least what one function package of the largest size takes. */
    private static int defaultBufferMegabytes() {
        return (int) Math.max(96, Runtime.getRuntime().maxMemory() / 4 / (1024 * 1024));
    }
}
