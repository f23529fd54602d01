package io.kappa.router.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.access.encryption.LocalKeys;
import io.kappa.access.encryption.VariablesCipher;
import io.kappa.access.image.ContainerImages;
import io.kappa.access.image.ImageSettings;
import io.kappa.access.object.ObjectStorage;
import io.kappa.access.object.ObjectStorageSettings;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.invocation.QueuedEvent;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.settings.Secret;
import io.kappa.router.admission.LoneRouter;
import io.kappa.router.api.code.CodeIntake;
import io.kappa.router.api.function.Home;
import io.kappa.router.autoscaling.use.RunningVersions;
import io.kappa.router.dispatch.DispatchSettings;
import io.kappa.router.dispatch.Dispatcher;
import io.kappa.router.dispatch.FakeWorker;
import io.kappa.router.dispatch.WorkerDirectory;
import io.kappa.router.logs.api.LogsApi;
import io.kappa.router.logs.index.LogStreams;
import io.kappa.router.logs.reading.LogLines;
import io.kappa.router.logs.reading.LogReaders;
import io.kappa.router.provisioning.ProvisionedConcurrency;
import io.kappa.router.provisioning.ProvisionedReadiness.Ready;
import io.kappa.router.registry.AccountQuotas;
import io.kappa.router.registry.Registry;
import io.kappa.testkit.TurnedClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The API on a real port, with a registry in memory and one made-up worker. */
final class RunningApi implements AutoCloseable {
    static final String FUNCTIONS = "/2015-03-31/functions";
    static final String ARN = "arn:aws:lambda:us-east-1:000000000000:function:";
    static final String ROLE = "arn:aws:iam::000000000000:role/r";
    static final byte[] ZIP = zip("index.py", "def handler(event, context): return event");

    final FakeRegistry registry;
    final Set<String> missingTopics = ConcurrentHashMap.newKeySet();
    final Path keyFile;
    final Path packages;
    final Path images; // Of OCI layouts.
    final FakeEventQueue events = new FakeEventQueue();
    final TurnedClock clock = new TurnedClock(FakeRegistry.NOON);
    final WorkerDirectory workers = new WorkerDirectory(clock);
    final Map<VersionArn, Ready> provisioned = new ConcurrentHashMap<>();
    final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    final FakeWorker worker;
    final ApiServer server;

    private static final ObjectStorageSettings NO_OBJECTS =
            new ObjectStorageSettings(Optional.empty(), "us-east-1", true, Optional.empty(), Duration.ofSeconds(30));

    private static final KafkaSettings NO_KAFKA = new KafkaSettings("localhost:1", "none", -1, false, Map.of());

    private final ObjectStorage storage;
    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    final LogStreams logStreams = new LogStreams(100);

    private final LogReaders logReaders;

    RunningApi() {
        this(256);
    }

    /** With a Kafka cluster that has a log topic; the log streams in it are for the test to name. */
    RunningApi(KafkaSettings kafka) {
        this(256, AccountQuotas.DEFAULTS, NO_OBJECTS, kafka, new FakeRegistry());
    }

    RunningApi(int bufferMegabytes) {
        this(bufferMegabytes, AccountQuotas.DEFAULTS);
    }

    RunningApi(int bufferMegabytes, AccountQuotas quotas) {
        this(bufferMegabytes, quotas, NO_OBJECTS, NO_KAFKA, new FakeRegistry());
    }

    /** With S3. */
    RunningApi(ObjectStorageSettings objects) {
        this(256, AccountQuotas.DEFAULTS, objects, NO_KAFKA, new FakeRegistry());
    }

    /** With that registry instead of the made-up one. */
    RunningApi(Registry served) {
        this(256, AccountQuotas.DEFAULTS, NO_OBJECTS, NO_KAFKA, served);
    }

    private RunningApi(
            int bufferMegabytes,
            AccountQuotas quotas,
            ObjectStorageSettings objects,
            KafkaSettings kafka,
            Registry served) {
        registry = served instanceof FakeRegistry fake ? fake : new FakeRegistry();
        logReaders = new LogReaders(kafka, Topic.FUNCTIONS_LOGS.name(kafka.topicPrefix()), 2);
        try {
            var directory = Files.createTempDirectory("kappa-api");
            keyFile = directory.resolve("keys");
            packages = directory.resolve("packages");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        storage = new ObjectStorage(objects);
        images = keyFile.resolveSibling("images");
        worker = new FakeWorker(vertx, "worker-1");
        workers.read(
                worker.name(),
                worker.status(RuntimeIdentifier.PYTHON3_13, RuntimeIdentifier.NODEJS22_X),
                clock.millis());
        server = ApiServer.start(
                vertx,
                new ApiSettings(
                        "127.0.0.1",
                        0,
                        2,
                        new Home("us-east-1", "000000000000"),
                        Optional.of(new Secret("link secret")),
                        Optional.empty(),
                        Optional.empty(),
                        bufferMegabytes,
                        QueuedEvent.LONGEST_PAYLOAD,
                        Duration.ofSeconds(5)),
                new ApiParts(
                        served,
                        workers,
                        new ProvisionedConcurrency(
                                (version, _) -> provisioned.getOrDefault(version, new Ready(0, null))),
                        new RunningVersions(),
                        LoneRouter.admission(
                                quotas,
                                "000000000000",
                                "us-east-1",
                                served.view(),
                                metrics,
                                () -> TimeUnit.MILLISECONDS.toNanos(clock.millis())),
                        new Dispatcher(
                                workers,
                                new DispatchSettings(Duration.ofSeconds(2), Duration.ofMinutes(1), 100),
                                metrics),
                        events,
                        missingTopics::contains,
                        new VariablesCipher(LocalKeys.madeIn(keyFile, clock)),
                        storage,
                        new CodeIntake(storage, packages),
                        new LogsApi(
                                new Home("us-east-1", "000000000000"),
                                logStreams,
                                new LogLines(logReaders),
                                () -> OptionalInt.of(7),
                                Optional::empty),
                        new ContainerImages(new ImageSettings(
                                Optional.of(images), Optional.empty(), Set.of(), Set.of(), Optional.empty()))),
                metrics,
                clock);
    }

    URI uri(String path) {
        return URI.create(path.startsWith("http") ? path : "http://127.0.0.1:" + server.port() + path);
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    HttpResponse<byte[]> download(String url) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri(url)).build(), BodyHandlers.ofByteArray());
    }

    HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(uri(path)));
    }

    HttpResponse<String> post(String path, String body) {
        return send(HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.ofString(body)));
    }

    HttpResponse<String> put(String path, String body) {
        return send(HttpRequest.newBuilder(uri(path)).PUT(BodyPublishers.ofString(body)));
    }

    HttpResponse<String> delete(String path) {
        return send(HttpRequest.newBuilder(uri(path)).DELETE());
    }

    /** Creates a function from the usual code; {@code more} are further members of the request, each followed by a comma. */
    HttpResponse<String> create(String name, String more) {
        return post(FUNCTIONS, createRequest(name, more));
    }

    static String createRequest(String name, String more) {
        return """
                {%s"FunctionName":"%s","Runtime":"python3.13","Role":"%s","Handler":"index.handler","Code":{"ZipFile":"%s"}}""".formatted(more, name, ROLE, base64(ZIP));
    }

    HttpResponse<String> invoke(String name, String payload, String... headers) {
        var request = HttpRequest.newBuilder(uri(FUNCTIONS + "/" + name + "/invocations"))
                .POST(BodyPublishers.ofString(payload));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    /** Waits until nothing is under way: what an answer held is given back once it has gone out, which its reader may see before. */
    void awaitNothingLeft() {
        var gauges = List.of("kappa.router.buffered", "kappa.router.requests.running", "kappa.router.worker.running");
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (gauges.stream().anyMatch(gauge -> metrics.get(gauge).gauge().value() != 0)) {
            assertThat(System.nanoTime()).as("still under way").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    static byte[] zip(String name, String content) {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            var entry = new ZipEntry(name);
            entry.setTime(0);
            zip.putNextEntry(entry);
            zip.write(content.getBytes(StandardCharsets.UTF_8));
            zip.closeEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Override
    public void close() {
        server.close();
        logReaders.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        client.close();
        storage.close();
        try (var files = Files.walk(keyFile.getParent())) {
            Files.deleteIfExists(packages); // Which refuses where something is left in it.
            for (var file : files.filter(Files::exists)
                    .sorted(Comparator.reverseOrder())
                    .toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
