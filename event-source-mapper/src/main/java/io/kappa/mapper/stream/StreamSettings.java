package io.kappa.mapper.stream;

import io.kappa.kit.settings.Settings;
import io.kappa.mapper.shard.Backoff;
import java.time.Duration;
import java.util.Optional;

/**
 * How sources are read.
 *
 * @param protocol of consumer groups; by default the next-generation one where the cluster has it
 * @param instance names this process among others that share mappings, so that a short restart moves no shard; empty for none
 * @param drainTimeout how long batches may go on once their shard is handed over or the mapping stops
 * @param beforeRestart how long to wait after a failure of the source, at first and at most
 */
public record StreamSettings(
        Protocol protocol, Optional<String> instance, Duration drainTimeout, Backoff beforeRestart) {

    /** How a group divides its partitions. */
    public enum Protocol {
        AUTO,
        CONSUMER,
        CLASSIC
    }

    public static StreamSettings from(Settings settings) {
        return new StreamSettings(
                settings.choice("mapper.group-protocol", Protocol.AUTO),
                settings.text("mapper.instance"),
                settings.duration("mapper.drain-timeout", Duration.ofSeconds(25)),
                new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30)));
    }
}
