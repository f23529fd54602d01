package io.kappa.asyncqueue.attempt;

import io.kappa.kit.settings.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * How to reach the routers, which run functions.
 *
 * @param urls one is asked after the other
 * @param timeout of an attempt, from the request to the last byte of the answer; longer than any function runs
 */
public record RouterSettings(List<URI> urls, Duration timeout) {

    public RouterSettings {
        urls = List.copyOf(urls);
    }

    public static RouterSettings from(Settings settings) {
        return new RouterSettings(
                Arrays.stream(settings.text("async-queue.routers", "http://127.0.0.1:9000")
                                .split(","))
                        .map(url -> URI.create(url.strip()))
                        .toList(),
                settings.duration("async-queue.attempt-timeout", Duration.ofMinutes(20)));
    }

    /** The same, with one router elsewhere: where it is may be known only once it runs. */
    public RouterSettings at(URI url) {
        return new RouterSettings(List.of(url), timeout);
    }
}
