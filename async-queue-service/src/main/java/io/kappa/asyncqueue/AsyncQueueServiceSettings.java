package io.kappa.asyncqueue;

import io.kappa.access.object.ObjectStorageSettings;
import io.kappa.access.router.RouterSettings;
import io.kappa.asyncqueue.shard.Rules;
import io.kappa.asyncqueue.shard.ShardStreamSettings;
import io.kappa.kit.settings.Settings;
import java.net.URI;
import java.time.Duration;

/**
 * One instance of the service.
 *
 * @param placesPerShard how many attempts of one shard may run at once
 * @param drainTimeout how long attempts that are being made may go on once the service stops
 * @param recordCacheMegabytes memory for payloads that came by lately
 * @param readiness whether routers are told of backlogs, so that environments start before their attempts
 */
public record AsyncQueueServiceSettings(
        RouterSettings routers,
        Rules rules,
        ShardStreamSettings stream,
        int placesPerShard,
        Duration drainTimeout,
        int recordCacheMegabytes,
        boolean readiness,
        ObjectStorageSettings objects) {

    public static AsyncQueueServiceSettings from(Settings settings) {
        return new AsyncQueueServiceSettings(
                RouterSettings.from(settings, "async-queue.routers", "async-queue.attempt-timeout"),
                Rules.from(settings),
                ShardStreamSettings.from(settings),
                settings.integer("async-queue.attempts-per-shard", 64, 2, 10_000),
                settings.duration("async-queue.drain-timeout", Duration.ofSeconds(30)),
                settings.integer("async-queue.record-cache-megabytes", 32, 1, 65_536),
                settings.flag("async-queue.readiness", true),
                ObjectStorageSettings.from(settings));
    }

    /** The same, with one router elsewhere: where it is may be known only once it runs. */
    public AsyncQueueServiceSettings withRouter(URI url) {
        return new AsyncQueueServiceSettings(
                routers.at(url), rules, stream, placesPerShard, drainTimeout, recordCacheMegabytes, readiness, objects);
    }
}
