package io.kappa.router.registry;

import io.kappa.access.topic.PlatformTopics;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.RecordHeaders;
import io.kappa.kit.kafka.TopicReader;
import io.kappa.kit.kafka.Topics;
import io.kappa.kit.lifecycle.Lifecycle;
import io.kappa.kit.streams.StreamsApplication;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * The registry in Kafka. Each router runs one of these: together they own the accounts ({@link RegistryStream}), and each keeps a view of
 * everything and asks whoever owns what it wants changed.
 *
 * <pre>
 *   submit ──▶ registry.commands ──▶ owner, in any router ──▶ registry.records ──▶ every view
 *      ▲                                            └───────▶ registry.replies ──┐
 *      └────────────────── once the own view has come so far ◀───────────────────┘
 * </pre>
 */
public final class KafkaRegistry implements Registry {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** How long one chunk of a package may take to be stored. */
    private static final Duration STORING = Duration.ofSeconds(30);

    /** How often a package is stored anew because it was deleted while it was being re-used. */
    private static final int TRIES = 3;

    private final RegistryView view = new RegistryView();
    private final TopicReader records;
    private final TopicReader replies;
    private final StreamsApplication stream;
    private final CommandClient commands;
    private final CodeStore code;
    private final ExecutorService blocking;

    /**
     * Makes the topics that are missing, and starts reading and owning. Returns before either has come far: see {@link #unready()}.
     *
     * @param stateDirectory where Kafka Streams may keep files; it has none as long as all state is in memory
     * @param routerId names this router among all, and again when it comes back
     * @param quotas what reservations are held to, where this router is the owner
     * @param lifecycle closes the registry
     */
    public static KafkaRegistry start(
            KafkaSettings kafka,
            Path stateDirectory,
            String routerId,
            AccountQuotas quotas,
            Clock clock,
            Lifecycle lifecycle)
            throws InterruptedException {
        PlatformTopics.ensure(
                kafka,
                Topic.REGISTRY_COMMANDS,
                Topic.REGISTRY_RECORDS,
                Topic.REGISTRY_REPLIES,
                Topic.REGISTRY_CODE,
                Topic.MAPPINGS_REPORTS,
                Topic.PROVISIONED_REPORTS,
                Topic.SNAPSHOTS_REPORTS);
        return new KafkaRegistry(kafka, stateDirectory, routerId, quotas, clock, lifecycle);
    }

    private KafkaRegistry(
            KafkaSettings kafka,
            Path stateDirectory,
            String routerId,
            AccountQuotas quotas,
            Clock clock,
            Lifecycle lifecycle)
            throws InterruptedException {
        blocking = lifecycle.own(Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("registry-", 0).factory()));
        // Two, so that no command waits behind somebody's package.
        var asking = lifecycle.own(producer(kafka, PATIENCE));
        var storing = lifecycle.own(producer(kafka, STORING));
        records = lifecycle.own(new TopicReader(kafka, Topic.REGISTRY_RECORDS.name(kafka.topicPrefix()), this::read));
        int partitions = partitions(asking, kafka, Topic.REGISTRY_COMMANDS);
        for (var reports : List.of(Topic.MAPPINGS_REPORTS, Topic.PROVISIONED_REPORTS, Topic.SNAPSHOTS_REPORTS)) {
            requireAsMany(partitions, reports, partitions(asking, kafka, reports));
        }
        Topics.ensure(kafka, List.of(RegistryStream.changelog(kafka, partitions)));
        stream = lifecycle.own(RegistryStream.start(kafka, stateDirectory, routerId, quotas, clock));
        var awaited = new Replies();
        replies = lifecycle.own(new TopicReader(
                kafka, Topic.REGISTRY_REPLIES.name(kafka.topicPrefix()), TopicReader.Start.END, awaited::read));
        lifecycle.own(awaited);
        commands = new CommandClient(asking, kafka.topicPrefix(), awaited, replies.caughtUp(), view, clock, PATIENCE);
        code = new CodeStore(storing, kafka, commands, view);
    }

    private static int partitions(Producer<String, byte[]> producer, KafkaSettings kafka, Topic topic) {
        return producer.partitionsFor(topic.name(kafka.topicPrefix())).size();
    }

    /** Otherwise reports would be read by another than the owner of their account. */
    private static void requireAsMany(int ofCommands, Topic reports, int ofReports) {
        if (ofCommands != ofReports) {
            throw new IllegalStateException("topic " + reports.suffix()
                    + " must have as many partitions as " + Topic.REGISTRY_COMMANDS.suffix() + ", which has "
                    + ofCommands + ", and has " + ofReports);
        }
    }

    private static Producer<String, byte[]> producer(KafkaSettings kafka, Duration patience) {
        var properties = kafka.durableProducerProperties();
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "0"); // Somebody waits for each command.
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(2 * CodePackage.CHUNK_BYTES));
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.toString(patience.toMillis()));
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000");
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Long.toString(patience.toMillis()));
        return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    }

    private void read(ConsumerRecord<String, byte[]> record) {
        view.apply(record.key(), record.value(), RecordHeaders.asMap(record.headers()));
    }

    /** Completes when the view holds everything that was configured when this router started. */
    public CompletableFuture<Void> caughtUp() {
        return records.caughtUp();
    }

    /** Why this router cannot answer for the registry yet, or any more. */
    public Optional<String> unready() {
        return dead().or(() -> records.caughtUp().isDone() && replies.caughtUp().isDone()
                        ? Optional.empty()
                        : Optional.of("what is configured is still being read"))
                .or(stream::problem);
    }

    /** Why only a new process can answer for the registry again. */
    public Optional<String> dead() {
        if (!records.alive()) {
            return Optional.of("reading what is configured has ended");
        }
        if (!replies.alive()) {
            return Optional.of("reading replies has ended");
        }
        return stream.failed() ? Optional.of("deciding commands has ended") : Optional.empty();
    }

    @Override
    public RegistryView view() {
        return view;
    }

    @Override
    public CompletionStage<RegistryAnswer> submit(RegistryCommand command) {
        return unblocked(() -> answer(commands.ask(command)));
    }

    @Override
    public CompletionStage<RegistryAnswer> submitWithCode(
            String account, PackageBytes zip, Function<CodePackage, RegistryCommand> command) {
        return unblocked(() -> {
            var verdict = commands.ask(command.apply(code.store(account, zip)));
            for (int i = 1; verdict instanceof Verdict.CodeGone && i < TRIES; i++) {
                // The view now knows as well that the package is gone.
                verdict = commands.ask(command.apply(code.store(account, zip)));
            }
            return answer(verdict);
        });
    }

    @Override
    public CompletionStage<CodePackage> copy(CodePackage other, String account) {
        return unblocked(() -> code.copy(other, account));
    }

    private static RegistryAnswer answer(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Answered(var answer) -> answer;
            case Verdict.CodeGone _ ->
                new RegistryAnswer.Refused(
                        ErrorCode.SERVICE_UNAVAILABLE,
                        "The deployment package was deleted while it was being used. Please try again.");
        };
    }

    @Override
    public CompletionStage<Void> fetch(CodePackage wanted, Consumer<byte[]> sink) {
        return unblocked(() -> {
            code.fetch(wanted, sink);
            return null;
        });
    }

    private <T extends @Nullable Object> CompletionStage<T> unblocked(Callable<T> work) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return work.call();
                    } catch (LambdaApiException e) {
                        throw e;
                    } catch (ExecutionException e) {
                        throw new CompletionException(e.getCause());
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw new CompletionException(e);
                    } catch (Exception e) {
                        throw new CompletionException(e);
                    }
                },
                blocking);
    }
}
