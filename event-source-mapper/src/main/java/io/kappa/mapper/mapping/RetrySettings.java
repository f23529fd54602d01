package io.kappa.mapper.mapping;

import io.kappa.kit.settings.Settings;
import io.kappa.mapper.shard.Backoff;
import java.time.Duration;

/**
 * How shards wait and what they hold, whatever the mapping.
 *
 * @param retry waits after the function has failed
 * @param throttle waits after a call that did not run
 * @param windowGrace how long a tumbling window stays open after its end while no record comes; two minutes with Lambda
 * @param shardBufferMegabytes of records that wait in memory, for each shard
 */
public record RetrySettings(Backoff retry, Backoff throttle, Duration windowGrace, int shardBufferMegabytes) {
    public static RetrySettings from(Settings settings) {
        return new RetrySettings(
                new Backoff(
                        settings.duration("mapper.retry.first-wait", Duration.ofSeconds(1)),
                        settings.duration("mapper.retry.longest-wait", Duration.ofMinutes(1))),
                new Backoff(
                        settings.duration("mapper.throttle.first-wait", Duration.ofMillis(500)),
                        settings.duration("mapper.throttle.longest-wait", Duration.ofSeconds(30))),
                settings.duration("mapper.window-grace", Duration.ofMinutes(2)),
                settings.integer("mapper.shard-buffer-megabytes", 16, 1, 1024));
    }
}
