package io.kappa.router.dispatch;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.FunctionName;
import io.kappa.contracts.function.LoggingConfiguration;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.Deployment;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.contracts.worker.WorkerStatus;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

public final class Samples {
    static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    static final FunctionArn FUNCTION = new FunctionArn("us-east-1", "000000000000", new FunctionName("f"));

    public static VersionRecord latest(String name, int megabytes, int timeoutSeconds) {
        var configuration = new FunctionConfiguration(
                RuntimeIdentifier.PYTHON3_13,
                "arn:aws:iam::000000000000:role/r",
                "index.handler",
                "",
                timeoutSeconds,
                megabytes,
                512,
                Map.of(),
                List.of("x86_64"),
                new LoggingConfiguration("Text", null, null, "/aws/lambda/f"),
                "PassThrough",
                null,
                null);
        return new VersionRecord(
                new VersionArn(
                        new FunctionArn("us-east-1", "000000000000", new FunctionName(name)), new Version.Latest()),
                new Deployment(7, configuration, code("ab")),
                null,
                NOON,
                "revision",
                VersionRecord.State.ACTIVE,
                VersionRecord.LastUpdate.SUCCESSFUL);
    }

    private static CodePackage code(String byteInHex) {
        return new CodePackage(byteInHex.repeat(32), "u", 1, 0, List.of(0L));
    }

    /** The same in another deployment. */
    static VersionRecord deployed(VersionRecord version, long generation, String byteOfCodeInHex) {
        return new VersionRecord(
                version.version(),
                new Deployment(generation, version.running().configuration(), code(byteOfCodeInHex)),
                null,
                NOON,
                "revision",
                VersionRecord.State.ACTIVE,
                VersionRecord.LastUpdate.SUCCESSFUL);
    }

    static Invocation invocation(String payload) {
        return new Invocation(
                "11111111-2222-4333-8444-555555555555",
                latest("f", 128, 3),
                FUNCTION + ":$LATEST",
                FUNCTION.toString(),
                Buffer.buffer(payload),
                "Root=1-2-3",
                "{\"custom\":{}}",
                true);
    }

    static byte[] status(String worker, int megabytes, boolean draining, RuntimeIdentifier... runtimes) {
        return status(worker, megabytes, 0, draining, Set.of(runtimes), List.of());
    }

    /** Of a worker that runs Python. */
    static byte[] status(String worker, int megabytes, boolean draining, WorkerStatus.Environments... environments) {
        return status(worker, megabytes, 0, draining, Set.of(RuntimeIdentifier.PYTHON3_13), List.of(environments));
    }

    static byte[] status(
            String worker,
            int megabytes,
            int used,
            boolean draining,
            Set<RuntimeIdentifier> runtimes,
            List<WorkerStatus.Environments> environments) {
        return RecordCodec.of(WorkerStatus.class)
                .encode(new WorkerStatus(
                        1, worker, "127.0.0.1", 1, megabytes, used, runtimes, "process", draining, environments));
    }

    private Samples() {}
}
