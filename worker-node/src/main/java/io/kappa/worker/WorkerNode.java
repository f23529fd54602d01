package io.kappa.worker;

import io.kappa.access.encryption.LocalKeys;
import io.kappa.access.encryption.VariablesCipher;
import io.kappa.access.image.ContainerImages;
import io.kappa.access.topic.PlatformTopics;
import io.kappa.contracts.topic.Topic;
import io.kappa.contracts.worker.WorkerStatus;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.TopicReader;
import io.kappa.kit.lifecycle.ServiceContext;
import io.kappa.kit.process.ServiceProcess;
import io.kappa.runtimes.InstalledRuntimes;
import io.kappa.runtimes.RuntimeCatalogue;
import io.kappa.runtimes.RuntimeSettings;
import io.kappa.worker.code.CodeCache;
import io.kappa.worker.code.ImageUnpacker;
import io.kappa.worker.environment.EnvironmentPool;
import io.kappa.worker.environment.EnvironmentStarter;
import io.kappa.worker.environment.MachineWorkshop;
import io.kappa.worker.environment.SnapshotTaker;
import io.kappa.worker.environment.VertxEventLoops;
import io.kappa.worker.environment.WarmPool;
import io.kappa.worker.invocation.DeployedFunctions;
import io.kappa.worker.invocation.InvocationServer;
import io.kappa.worker.log.FunctionLogs;
import io.kappa.worker.metering.UseRecords;
import io.kappa.worker.provisioned.ProvisionedKeeper;
import io.kappa.worker.sandbox.Sandboxes;
import io.kappa.worker.snapshot.SnapshotKeeper;
import io.kappa.worker.snapshot.SnapshotReports;
import io.kappa.worker.status.StatusReporter;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker node: execution environments on this machine, at the service of the routers.
 *
 * @param id the node's name in the cluster
 * @param host where routers reach it
 */
public record WorkerNode(String id, String host, int port) {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerNode.class);

    /** A leaving node says so before it refuses anything. Where Kafka does not answer in this time, routers find out by the refusals. */
    private static final Duration ANNOUNCED_WITHIN = Duration.ofSeconds(2);

    /** What was said is with every router by then, as long as it reads at all. */
    private static final Duration QUIET = Duration.ofMillis(500);

    private static final Duration QUIET_WITHIN = Duration.ofSeconds(10);

    /** Runs the node as a process of its own. */
    public static void main(String[] arguments) {
        ServiceProcess.run("worker-node", arguments, WorkerNodeSettings::from, WorkerNode::assemble);
    }

    /**
     * Builds the node from the bottom up; the context's lifecycle closes it from the top down, after draining it.
     *
     * @throws IOException where its directory cannot be used, or the machine does not allow the sandboxes that are asked for
     */
    public static WorkerNode assemble(WorkerNodeSettings settings, KafkaSettings kafka, ServiceContext context)
            throws IOException, InterruptedException {
        var lifecycle = context.lifecycle();
        var vertx = context.vertx();
        var directory = lifecycle.own(new WorkerDirectory(settings.directory()));
        // Searches the machine in the background, while the rest is built.
        var runtimes = new InstalledRuntimes(new RuntimeSettings(directory.part("runtimes"), settings.interpreters()));
        PlatformTopics.ensure(
                kafka,
                Topic.REGISTRY_RECORDS,
                Topic.REGISTRY_CODE,
                Topic.WORKERS_STATUS,
                Topic.FUNCTIONS_LOGS,
                Topic.FUNCTIONS_LOG_STREAMS,
                Topic.FUNCTIONS_METERING,
                Topic.SNAPSHOTS_REPORTS);

        var id = settings.id().isPresent() ? settings.id().get() : directory.workerId();
        var blocking = lifecycle.own(Executors.newVirtualThreadPerTaskExecutor());
        var logs = lifecycle.own(new FunctionLogs(
                kafka,
                topic(kafka, Topic.FUNCTIONS_LOGS),
                topic(kafka, Topic.FUNCTIONS_LOG_STREAMS),
                context.clock(),
                context.metrics()));
        var uses = lifecycle.own(new UseRecords(kafka, topic(kafka, Topic.FUNCTIONS_METERING), context.metrics()));
        var code = lifecycle.own(
                new CodeCache(kafka, topic(kafka, Topic.REGISTRY_CODE), directory.part("code"), settings.code()));
        var sandboxes = lifecycle.own(Sandboxes.open(settings.sandbox(), directory.part("sandboxes")));

        var functions = new DeployedFunctions();
        int loops = Math.max(2, 2 * Runtime.getRuntime().availableProcessors());
        var environmentLoops = VertxEventLoops.take(vertx, loops, context.clock());
        var warm = lifecycle.own(WarmPool.open(
                settings.warm(), vertx, runtimes, sandboxes, environmentLoops, blocking, context.metrics()));
        var variables = new VariablesCipher(LocalKeys.in(settings.encryption().keyFile()));
        var workshop = new MachineWorkshop(
                vertx,
                runtimes,
                code::merged,
                sandboxes,
                warm,
                variables,
                logs::open,
                uses::add,
                blocking,
                context.metrics());
        var images = imageArchitectures(sandboxes);
        if (!images.isEmpty()) {
            var unpacker = new ImageUnpacker(new ContainerImages(settings.images()));
            workshop.runImages(image -> code.made(image.sha256(), files -> unpacker.unpack(image, files)));
        }
        var snapshots = new SnapshotKeeper(
                settings.snapshots(),
                sandboxes.images(),
                directory.part("snapshots"),
                runtimes,
                new SnapshotTaker(workshop, environmentLoops, blocking)::take,
                lifecycle.own(new SnapshotReports(kafka)),
                System::nanoTime,
                context.metrics());
        workshop.restoreFrom(snapshots);
        var pool = lifecycle.own(EnvironmentPool.open(
                settings.pool(), settings.environment(), workshop, environmentLoops, functions::current));
        var keeper = new ProvisionedKeeper(
                id,
                settings.provisioned(),
                pool,
                functions::function,
                context.clock(),
                System::nanoTime,
                context.metrics());
        var registry = lifecycle.own(new TopicReader(
                kafka,
                topic(kafka, Topic.REGISTRY_RECORDS),
                record -> functions.read(record, function -> {
                    pool.review(function);
                    keeper.review(function);
                })));
        var workers = lifecycle.own(new TopicReader(
                kafka,
                topic(kafka, Topic.WORKERS_STATUS),
                record -> keeper.read(record.key(), record.value(), record.timestamp())));

        int readiness = settings.readiness().memoryMegabytes();
        EnvironmentStarter starter = (key, deployment, count) -> pool.startAhead(key, deployment, count, readiness);
        var server = lifecycle.own(
                InvocationServer.open(vertx, settings.host(), settings.port(), loops, functions, pool, starter));
        var node = new WorkerNode(id, settings.reachableHost(), server.port());
        var leaving = new AtomicBoolean();
        var reporter = lifecycle.own(new StatusReporter(
                kafka,
                topic(kafka, Topic.WORKERS_STATUS),
                () -> node.status(pool, keeper, snapshots, leaving.get(), settings, runtimes, sandboxes.kind(), images),
                context.clock()));
        pool.onChange(reporter::change);
        keeper.onChange(reporter::change);

        context.health().readyWhen("functions", () -> unread(registry));
        context.health().aliveWhile("functions", () -> ended(registry, "what functions there are"));
        context.health().aliveWhile("workers", () -> ended(workers, "what workers there are"));
        keepHouse(context, registry, workers, reporter, pool, keeper);
        keepSnapshots(context, registry, functions, snapshots);
        keepWarm(context, registry, functions, runtimes, pool, warm);
        // Closed first of all: what runs is finished while everything that it needs is still there.
        AutoCloseable drain = () -> {
            LOG.atInfo().addKeyValue("worker", id).log("worker drains");
            leaving.set(true);
            if (!reporter.sayNow(ANNOUNCED_WITHIN)) {
                LOG.atWarn().addKeyValue("worker", id).log("nobody may know that this worker drains");
            }
            warm.close();
            pool.drain(settings.drainTimeout());
            server.awaitQuiet(QUIET, QUIET_WITHIN);
        };
        lifecycle.own(drain);
        LOG.atInfo()
                .addKeyValue("worker", id)
                .addKeyValue("port", server.port())
                .addKeyValue("sandbox", sandboxes.kind())
                .log("worker started");
        return node;
    }

    /** Of which architectures container images can be run here. */
    private static Set<String> imageArchitectures(Sandboxes sandboxes) {
        if (!sandboxes.runsImages()) {
            LOG.atInfo().addKeyValue("sandbox", sandboxes.kind()).log("no container images: sandboxes cannot run them");
            return Set.of();
        }
        if (!ImageUnpacker.isThere()) {
            LOG.atInfo().log("no container images: umoci, which unpacks them, is not installed");
            return Set.of();
        }
        return switch (System.getProperty("os.arch", "")) {
            case "amd64" -> Set.of("x86_64");
            case "aarch64" -> Set.of("arm64");
            default -> Set.of();
        };
    }

    private static String topic(KafkaSettings kafka, Topic topic) {
        return topic.name(kafka.topicPrefix());
    }

    /** What has to be done every now and then. The status is first said when the functions are known: then work may come. */
    private static void keepHouse(
            ServiceContext context,
            TopicReader registry,
            TopicReader workers,
            StatusReporter reporter,
            EnvironmentPool pool,
            ProvisionedKeeper keeper) {
        var house = context.lifecycle()
                .own(Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("worker-housekeeping").daemon().factory()));
        Runnable reports = guarded(() -> {
            if (unread(registry).isEmpty()) {
                reporter.tick();
            }
        });
        var _ = house.scheduleWithFixedDelay(reports, 0, 200, TimeUnit.MILLISECONDS);
        Runnable keeps = guarded(() -> {
            if (isRead(registry) && isRead(workers)) {
                keeper.tick();
            }
        });
        var _ = house.scheduleWithFixedDelay(keeps, 200, 200, TimeUnit.MILLISECONDS);
        var _ = house.scheduleWithFixedDelay(guarded(pool::sweep), 1, 1, TimeUnit.SECONDS);
    }

    /** On a thread of its own, since it looks at what the machine has installed and removes files. */
    private static void keepSnapshots(
            ServiceContext context, TopicReader registry, DeployedFunctions functions, SnapshotKeeper snapshots) {
        var keeper = context.lifecycle()
                .own(Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("worker-snapshots").daemon().factory()));
        Runnable task = guarded(() -> {
            if (unread(registry).isEmpty()) {
                snapshots.tick(functions.changedVersions());
            }
        });
        var _ = keeper.scheduleWithFixedDelay(task, 100, 100, TimeUnit.MILLISECONDS);
    }

    /** On a thread of its own, since it may wait for what the machine has installed. */
    private static void keepWarm(
            ServiceContext context,
            TopicReader registry,
            DeployedFunctions functions,
            RuntimeCatalogue runtimes,
            EnvironmentPool pool,
            WarmPool warm) {
        var keeper = context.lifecycle()
                .own(Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("worker-warm-pool").daemon().factory()));
        Runnable task = guarded(() -> {
            if (unread(registry).isEmpty()) {
                functions.changed().ifPresent(all -> warm.expect(all, runtimes));
            }
            warm.machineIsShort(pool.machineIsShort());
            warm.refill();
        });
        var _ = keeper.scheduleWithFixedDelay(task, 1, 1, TimeUnit.SECONDS);
    }

    /** A task that throws would not be run again. */
    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.atError().setCause(e).log("housekeeping failed; it goes on next time");
            }
        };
    }

    private static boolean isRead(TopicReader reader) {
        return reader.caughtUp().isDone() && !reader.caughtUp().isCompletedExceptionally();
    }

    private static Optional<String> unread(TopicReader registry) {
        return isRead(registry) ? Optional.empty() : Optional.of("what functions there are is still being read");
    }

    private static Optional<String> ended(TopicReader reader, String what) {
        return reader.alive() ? Optional.empty() : Optional.of("reading " + what + " has ended");
    }

    private WorkerStatus status(
            EnvironmentPool pool,
            ProvisionedKeeper keeper,
            SnapshotKeeper snapshots,
            boolean leaving,
            WorkerNodeSettings settings,
            RuntimeCatalogue runtimes,
            String sandbox,
            Set<String> images) {
        var usage = pool.usage();
        return new WorkerStatus(
                1,
                id,
                host,
                port,
                settings.pool().memoryMegabytes(),
                usage.usedMegabytes(),
                runtimes.available(),
                sandbox,
                leaving || usage.draining(),
                StatusReporter.abridged(keeper.told(pool.census())),
                snapshots.offered(),
                images);
    }
}
