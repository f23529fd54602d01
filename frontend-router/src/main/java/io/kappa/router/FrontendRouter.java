package io.kappa.router;

import io.kappa.access.encryption.LocalKeys;
import io.kappa.access.encryption.VariablesCipher;
import io.kappa.access.image.ContainerImages;
import io.kappa.access.object.ObjectStorage;
import io.kappa.access.topic.PlatformTopics;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.TopicReader;
import io.kappa.kit.lifecycle.ServiceContext;
import io.kappa.kit.process.ServiceProcess;
import io.kappa.router.admission.AccountLimits;
import io.kappa.router.admission.Admission;
import io.kappa.router.admission.exchange.KafkaLots;
import io.kappa.router.admission.lots.HolderId;
import io.kappa.router.api.ApiParts;
import io.kappa.router.api.ApiServer;
import io.kappa.router.api.code.CodeIntake;
import io.kappa.router.autoscaling.use.RunningVersions;
import io.kappa.router.autoscaling.use.UseReporter;
import io.kappa.router.control.WorkerControl;
import io.kappa.router.dispatch.Dispatcher;
import io.kappa.router.dispatch.WorkerDirectory;
import io.kappa.router.logs.KeptLogs;
import io.kappa.router.logs.api.LogsApi;
import io.kappa.router.provisioning.ProvisionedConcurrency;
import io.kappa.router.provisioning.WorkerReadiness;
import io.kappa.router.queue.KafkaEventQueue;
import io.kappa.router.registry.KafkaRegistry;
import io.kappa.router.source.KafkaSourceTopics;
import io.kappa.router.usage.UsageControl;
import io.kappa.router.usage.UsageStream;
import java.util.Optional;
import java.util.UUID;

/** The frontend router: the Lambda HTTP API, the function registry, and the way of invocations to the worker nodes. */
public final class FrontendRouter {
    private final ApiServer api;

    private FrontendRouter(ApiServer api) {
        this.api = api;
    }

    /** Runs the router as a process of its own. */
    public static void main(String[] arguments) {
        ServiceProcess.run("frontend-router", arguments, FrontendRouterSettings::from, FrontendRouter::assemble);
    }

    /**
     * Builds the router from the bottom up; the context's lifecycle closes it from the top down. Serves when this returns; whether it is
     * ready, the context's health tells.
     */
    public static FrontendRouter assemble(FrontendRouterSettings settings, KafkaSettings kafka, ServiceContext context)
            throws InterruptedException {
        PlatformTopics.ensure(kafka, Topic.values());
        var lifecycle = context.lifecycle();
        var registry = KafkaRegistry.start(
                kafka, settings.stateDirectory(), settings.id(), settings.account(), context.clock(), lifecycle);
        var workers = new WorkerDirectory(context.clock());
        var statuses = lifecycle.own(new TopicReader(
                kafka,
                Topic.WORKERS_STATUS.name(kafka.topicPrefix()),
                record -> workers.read(record.key(), record.value(), record.timestamp())));
        WorkerControl.mount(workers, context);
        var dispatcher = new Dispatcher(workers, settings.dispatch(), context.metrics());
        var events = lifecycle.own(KafkaEventQueue.start(kafka, settings.queue(), context.clock()));
        var sources = lifecycle.own(KafkaSourceTopics.start(kafka));
        var home = settings.api().home();
        var limits = new AccountLimits(settings.account(), home.account(), home.region(), registry.view());
        var readiness = new WorkerReadiness(workers);
        var provisioned = new ProvisionedConcurrency(readiness);
        var life = new HolderId(settings.id(), UUID.randomUUID().toString());
        var admission = new Admission(
                life,
                limits,
                version -> usable(registry.view(), provisioned, version),
                settings.admission(),
                context.metrics(),
                System::nanoTime);
        var lots = lifecycle.own(new KafkaLots(
                kafka,
                home.account(),
                admission,
                limits,
                settings.admission(),
                registry.caughtUp(),
                context.metrics()));
        var running = new RunningVersions();
        var _ = lifecycle.own(
                UseReporter.start(kafka, settings.id(), registry.view(), running, readiness, context.clock()));
        var keys = LocalKeys.madeIn(settings.encryption().keyFile(), context.clock());
        var objects = lifecycle.own(new ObjectStorage(settings.objects()));
        var logs = lifecycle.own(KeptLogs.start(settings.logs(), kafka, context.metrics()));
        var parts = new ApiParts(
                registry,
                workers,
                provisioned,
                running,
                admission,
                dispatcher,
                events,
                sources,
                new VariablesCipher(keys),
                objects,
                new CodeIntake(objects, settings.stateDirectory().resolve("packages")),
                new LogsApi(home, logs.streams(), logs.lines(), logs::retentionDays, logs::problem),
                new ContainerImages(settings.images()));
        var api = lifecycle.own(
                ApiServer.start(context.vertx(), settings.api(), parts, context.metrics(), context.clock()));

        var _ = lifecycle.own(UsageStream.start(kafka, settings.stateDirectory(), settings.id()));
        UsageControl.mount(kafka, settings.prices(), context);

        context.health().readyWhen("registry", registry::unready);
        context.health().aliveWhile("registry", registry::dead);
        context.health().readyWhen("admission", admission::problem);
        context.health().aliveWhile("admission", lots::dead);
        context.health().readyWhen("workers", () -> problem(statuses, workers));
        context.health()
                .aliveWhile(
                        "workers",
                        () -> statuses.alive()
                                ? Optional.empty()
                                : Optional.of("reading the status of workers has ended"));
        return new FrontendRouter(api);
    }

    private static int usable(RegistryView view, ProvisionedConcurrency provisioned, VersionArn version) {
        return view.function(version.function())
                .map(function -> provisioned.usable(function, version.version()))
                .orElse(0);
    }

    private static Optional<String> problem(TopicReader statuses, WorkerDirectory workers) {
        if (!statuses.caughtUp().isDone()) {
            return Optional.of("the status of workers is still being read");
        }
        return workers.isEmpty() ? Optional.of("no worker node is known") : Optional.empty();
    }

    /** Where the Lambda API is served: the port of the settings, or the free one that was taken. */
    public int port() {
        return api.port();
    }
}
