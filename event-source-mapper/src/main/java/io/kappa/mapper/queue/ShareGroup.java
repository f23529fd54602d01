package io.kappa.mapper.queue;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The share group of a queue, made ready on the cluster: from the oldest record on, without records of transactions that were aborted, and with
 * as many deliveries and locks as the brokers permit. Where an operator has the group start elsewhere, or read more, that stays.
 *
 * @param deliveryLimit deliveries after which the broker throws a record away
 * @param lock how long a record is kept for a consumer that says nothing
 * @param partitions of the topic
 */
record ShareGroup(int deliveryLimit, Duration lock, int partitions) {
    private static final Logger LOG = LoggerFactory.getLogger(ShareGroup.class);

    private static final String FEATURE = "share.version";
    private static final String DELIVERY_LIMIT = "share.delivery.count.limit";
    private static final String LOCK = "share.record.lock.duration.ms";
    private static final String LOCKS = "share.partition.max.record.locks";
    private static final String RENEWAL = "share.renew.acknowledge.enable";
    private static final String START = "share.auto.offset.reset";
    private static final String ISOLATION = "share.isolation.level";
    /** What brokers have where nobody says otherwise. */
    private static final int USUAL_DELIVERY_LIMIT = 5;

    private static final Duration KNOWN_WITHIN = Duration.ofSeconds(5);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    /** The queue cannot be read, and trying again would be in vain. */
    static final class BrokenException extends RuntimeException {
        private static final long serialVersionUID = 1;

        BrokenException(String reason) {
            super(reason);
        }
    }

    /**
     * Makes a group ready.
     *
     * @throws BrokenException in one line fit for a person
     * @throws KafkaException where the cluster does not answer
     */
    static ShareGroup prepare(Admin admin, String group, String topic, Duration wantedLock)
            throws InterruptedException {
        requireShareGroups(admin);
        int partitions = partitions(admin, topic);
        var resource = new ConfigResource(ConfigResource.Type.GROUP, group);
        var before = describe(admin, resource).orElse(null);
        if (before != null && "false".equals(value(before, RENEWAL).orElse("true"))) {
            throw new BrokenException("share group " + group + " does not permit locks to be renewed: " + RENEWAL
                    + " is false; queues need it to be true");
        }
        var changed = new HashMap<String, String>();
        wanted(admin, wantedLock).forEach((key, value) -> {
            if ((before == null || mayBeChanged(before, key, value)) && set(admin, resource, key, value)) {
                changed.put(key, value);
            }
        });
        var after = described(admin, resource, changed).orElse(null);
        return new ShareGroup(
                number(after, DELIVERY_LIMIT).map(Long::intValue).orElse(USUAL_DELIVERY_LIMIT),
                number(after, LOCK).map(Duration::ofMillis).orElse(wantedLock),
                partitions);
    }

    /** The controller has the changes; brokers, which answer, act on them a moment later. */
    private static Optional<Config> described(Admin admin, ConfigResource resource, Map<String, String> changed)
            throws InterruptedException {
        long deadline = System.nanoTime() + KNOWN_WITHIN.toNanos();
        while (true) {
            var described = describe(admin, resource);
            boolean known = described.isEmpty()
                    || changed.entrySet().stream()
                            .allMatch(change ->
                                    value(described.get(), change.getKey()).equals(Optional.of(change.getValue())));
            if (known || System.nanoTime() - deadline > 0) {
                return described;
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    private static void requireShareGroups(Admin admin) throws InterruptedException {
        var features = answer(admin.describeFeatures().featureMetadata()).finalizedFeatures();
        var version = features.get(FEATURE);
        requireShareGroups(version == null ? 0 : version.maxVersionLevel());
    }

    /** @param version of the feature, as the cluster has it turned on; 0 where it has not */
    static void requireShareGroups(int version) {
        if (version < 1) {
            throw new BrokenException(
                    "the Kafka cluster has no share groups, of which standard queues are made: its feature " + FEATURE
                            + " is at " + version + " and has to be at 1 (Kafka 4.2 or later)");
        }
    }

    private static int partitions(Admin admin, String topic) throws InterruptedException {
        try {
            return answer(admin.describeTopics(List.of(topic)).allTopicNames()).values().stream()
                    .mapToInt(described -> described.partitions().size())
                    .sum();
        } catch (UnknownTopicOrPartitionException e) {
            throw new BrokenException("the queue does not exist: there is no topic " + topic);
        }
    }

    private static Map<String, String> wanted(Admin admin, Duration lock) throws InterruptedException {
        var wanted = new HashMap<>(Map.of(START, "earliest", ISOLATION, "read_committed"));
        var broker = brokerConfiguration(admin).orElse(null);
        number(broker, "group.share.max.delivery.count.limit")
                .ifPresent(most -> wanted.put(DELIVERY_LIMIT, Long.toString(most)));
        number(broker, "group.share.max.partition.max.record.locks")
                .ifPresent(most -> wanted.put(LOCKS, Long.toString(most)));
        long least = number(broker, "group.share.min.record.lock.duration.ms").orElse(15_000L);
        long most = number(broker, "group.share.max.record.lock.duration.ms").orElse(60_000L);
        wanted.put(LOCK, Long.toString(Math.clamp(lock.toMillis(), least, Math.max(least, most))));
        return wanted;
    }

    private static Optional<Config> brokerConfiguration(Admin admin) throws InterruptedException {
        var node = answer(admin.describeCluster().nodes()).stream().findFirst().orElseThrow();
        return describe(admin, new ConfigResource(ConfigResource.Type.BROKER, node.idString()));
    }

    private static Optional<Config> describe(Admin admin, ConfigResource resource) throws InterruptedException {
        try {
            return Optional.ofNullable(
                    answer(admin.describeConfigs(List.of(resource)).all()).get(resource));
        } catch (AuthorizationException e) {
            LOG.atWarn().addKeyValue("resource", resource).log("settings may not be read: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /** Whether the group has it now. */
    private static boolean set(Admin admin, ConfigResource resource, String key, String value) {
        try {
            var change = new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
            answer(admin.incrementalAlterConfigs(Map.of(resource, List.<AlterConfigOp>of(change)))
                    .all());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (RetriableException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.atWarn()
                    .addKeyValue("group", resource.name())
                    .log("the share group keeps its own {}, {} could not be set: {}", key, value, e.getMessage());
            return false;
        }
    }

    private static boolean mayBeChanged(Config configuration, String key, String value) {
        var entry = configuration.get(key);
        if (entry == null) {
            return true;
        }
        boolean ours = !key.equals(START) && !key.equals(ISOLATION);
        boolean untouched = entry.source() != ConfigEntry.ConfigSource.DYNAMIC_GROUP_CONFIG;
        return (ours || untouched) && !value.equals(entry.value());
    }

    private static Optional<String> value(Config configuration, String key) {
        return Optional.ofNullable(configuration.get(key)).map(ConfigEntry::value);
    }

    private static Optional<Long> number(@Nullable Config configuration, String key) {
        return configuration == null
                ? Optional.empty()
                : value(configuration, key).map(Long::valueOf);
    }

    private static <T> T answer(KafkaFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException failure ? failure : new KafkaException(e.getCause());
        }
    }
}
