package io.kappa.router.dispatch;

import io.kappa.kit.settings.Settings;
import java.time.Duration;

/**
 * How a router talks to worker nodes.
 *
 * @param connectTimeout after which a worker counts as unreachable, and another is asked
 * @param margin how much longer than the function's own timeout an answer is waited for; covers what comes before the handler runs:
 *     fetching code and starting an environment
 * @param mostConnections to one worker, of each event loop; an invocation beyond that waits for one of them to end
 */
public record DispatchSettings(Duration connectTimeout, Duration margin, int mostConnections) {

    public static DispatchSettings from(Settings settings) {
        return new DispatchSettings(
                settings.duration("router.worker.connect-timeout", Duration.ofSeconds(2)),
                settings.duration("router.worker.answer-margin", Duration.ofMinutes(2)),
                settings.integer("router.worker.most-connections", 4096, 1, 65_535));
    }
}
