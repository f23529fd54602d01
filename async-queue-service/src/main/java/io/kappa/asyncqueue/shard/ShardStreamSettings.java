package io.kappa.asyncqueue.shard;

import io.kappa.kit.settings.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How this process takes part in the queue.
 *
 * @param id names this process among all instances of the service, and again when it comes back
 * @param stateDirectory of this process alone; lost without harm, and best kept
 * @param threads that work on shards
 * @param standbys how many other processes keep a copy of each shard's state, so that they can take over at once
 * @param commitInterval how often what was done is committed
 * @param cacheMegabytes memory for events that end before they would be written to disk
 */
public record ShardStreamSettings(
        String id, Path stateDirectory, int threads, int standbys, Duration commitInterval, int cacheMegabytes) {

    public static ShardStreamSettings from(Settings settings) {
        return new ShardStreamSettings(
                settings.text("async-queue.id", hostName()),
                Path.of(settings.text("async-queue.state-directory", "data/async-queue")),
                settings.integer("async-queue.threads", 1, 1, 64),
                settings.integer("async-queue.standbys", 0, 0, 8),
                settings.duration("async-queue.commit-interval", Duration.ofMillis(100)),
                settings.integer("async-queue.cache-megabytes", 16, 0, 65_536));
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "async-queue";
        }
    }
}
