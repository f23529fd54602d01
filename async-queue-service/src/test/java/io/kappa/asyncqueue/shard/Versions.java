package io.kappa.asyncqueue.shard;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.LoggingConfiguration;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.Deployment;
import io.kappa.contracts.registry.VersionRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Records of versions: a function exists only where it has an unpublished one. */
public final class Versions {

    /** The record of a function's {@code $LATEST}. */
    public static VersionRecord record(FunctionArn function) {
        return new VersionRecord(
                new VersionArn(function, new Version.Latest()),
                new Deployment(
                        1,
                        new FunctionConfiguration(
                                RuntimeIdentifier.PYTHON3_13,
                                "arn:aws:iam::111111111111:role/r",
                                "app.handler",
                                "",
                                3,
                                128,
                                512,
                                Map.of(),
                                List.of("x86_64"),
                                new LoggingConfiguration("Text", null, null, "/aws/lambda/f"),
                                "PassThrough",
                                null,
                                null),
                        new CodePackage("0".repeat(64), "u", 1, 0, List.of(0L))),
                null,
                Instant.EPOCH,
                "r",
                VersionRecord.State.ACTIVE,
                null);
    }

    private Versions() {}
}
