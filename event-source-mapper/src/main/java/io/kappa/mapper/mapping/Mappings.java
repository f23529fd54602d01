package io.kappa.mapper.mapping;

import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.RegistryKey;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.RecordHeaders;
import io.kappa.kit.kafka.TopicReader;
import io.kappa.mapper.queue.QueueSnapshot;
import io.kappa.mapper.shard.ShardView;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All event source mappings that are configured, as far as this process has a part in them. Follows {@code registry.records}; each mapping is
 * started, changed and stopped on a thread of its own, so that none waits until another has drained.
 */
public final class Mappings implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Mappings.class);
    private static final Duration BETWEEN_REMINDERS = Duration.ofSeconds(1);

    private final RegistryView view;
    private final Poller.Factory factory;
    private final Consumer<EventSourceMappingRecord> forgotten;
    private final Reports reports;
    private final Clock clock;
    private final Map<String, RunningMapping> running = new ConcurrentHashMap<>();
    private final Map<String, EventSourceMappingRecord> known = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService reminders = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("mapping-reports").factory());
    private final TopicReader reader;
    private volatile boolean following;
    private volatile boolean closing;

    /** @param forgotten told of each mapping that has been deleted, once it is not read any more */
    public Mappings(
            KafkaSettings kafka,
            RegistryView view,
            Poller.Factory factory,
            Consumer<EventSourceMappingRecord> forgotten,
            Clock clock) {
        this.view = view;
        this.factory = factory;
        this.forgotten = forgotten;
        this.clock = clock;
        this.reports = new Reports(kafka);
        this.reader = new TopicReader(kafka, Topic.REGISTRY_RECORDS.name(kafka.topicPrefix()), this::take);
        var _ = reader.caughtUp().thenRun(() -> {
            following = true; // First, so that a record that comes right now is seen here or there.
            view.mappings().forEach(mapping -> carryOut(mapping.id().uuid()));
        });
        var _ = reminders.scheduleWithFixedDelay(
                this::remind, BETWEEN_REMINDERS.toMillis(), BETWEEN_REMINDERS.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void take(ConsumerRecord<String, byte[]> record) {
        view.apply(record.key(), record.value(), RecordHeaders.asMap(record.headers()));
        if (RegistryKey.parse(record.key()) instanceof RegistryKey.OfEventSourceMapping(var mapping) && following) {
            carryOut(mapping.uuid());
        }
    }

    private void carryOut(String uuid) {
        if (!closing) {
            threads.execute(() -> {
                try {
                    carryOutLatest(uuid);
                } catch (RuntimeException e) {
                    LOG.atError().addKeyValue("mappingId", uuid).setCause(e).log("mapping could not be changed");
                }
            });
        }
    }

    private void carryOutLatest(String uuid) {
        var mapping = running.computeIfAbsent(uuid, _ -> new RunningMapping(factory, reports, clock));
        synchronized (mapping) {
            var record = view.mapping(uuid); // Not what it was when the task was made: changes may overtake each other.
            if (closing) {
                return;
            }
            if (record.isPresent()) {
                known.put(uuid, record.get());
                mapping.carryOut(record.get());
            } else if (running.remove(uuid, mapping)) {
                mapping.stop();
                Optional.ofNullable(known.remove(uuid)).ifPresent(forgotten);
            }
        }
    }

    private void remind() {
        try {
            running.values().forEach(RunningMapping::remind);
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("reports could not be repeated");
        }
    }

    /** Of each function that has a backlog which could run: how many of its batches could at once, those that do included. */
    public Map<InvocationTarget, Integer> backlog() {
        Map<InvocationTarget, Integer> wanted = new HashMap<>();
        running.forEach((uuid, mapping) -> {
            var record = known.get(uuid);
            if (record != null) {
                int batches = MappingBacklog.wanted(record, mapping.shards().orElse(Map.of()), mapping.queue());
                if (batches > 0) {
                    wanted.merge(record.target(), batches, Integer::sum);
                }
            }
        });
        return wanted;
    }

    /** How the shards of a mapping stand that this process reads; empty where it reads none. */
    public Optional<Map<String, ShardView>> shards(String uuid) {
        var mapping = running.get(uuid);
        return mapping == null ? Optional.empty() : mapping.shards();
    }

    /** How a standard queue stands that this process reads; empty where it does not, or the source is another. */
    public Optional<QueueSnapshot> queue(String uuid) {
        return Optional.ofNullable(running.get(uuid)).flatMap(RunningMapping::queue);
    }

    /** Why nothing that is configured would be carried out; empty where it would. */
    public Optional<String> problem() {
        return reader.alive() ? Optional.empty() : Optional.of("reading what is configured has ended");
    }

    public boolean caughtUp() {
        return reader.caughtUp().isDone();
    }

    @Override
    public void close() {
        closing = true;
        reminders.shutdownNow();
        reader.close();
        var stopping = running.values().stream()
                .map(mapping -> threads.submit(mapping::stop))
                .toList();
        threads.shutdown();
        for (var stop : stopping) {
            try {
                stop.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException e) {
                LOG.atWarn().setCause(e).log("a mapping could not be stopped in good order");
            }
        }
        threads.shutdownNow();
        reports.close();
    }
}
