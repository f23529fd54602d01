package io.kappa.contracts.registry;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.LoggingConfiguration;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** One of each record, as small as it gets. */
final class Samples {
    static final FunctionArn FUNCTION = FunctionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:greet");
    static final FunctionArn OTHER = FunctionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:part");
    static final FunctionArn FOREIGN = FunctionArn.parse("arn:aws:lambda:us-east-1:222222222222:function:greet");

    static final Instant NOON = Instant.parse("2026-11-20T12:00:00.123Z");

    static FunctionRecord function(FunctionArn arn) {
        return new FunctionRecord(arn, Map.of());
    }

    static VersionRecord version(FunctionArn arn, Version version) {
        return new VersionRecord(
                new VersionArn(arn, version),
                new Deployment(1, configuration(), code()),
                null,
                NOON,
                "r1",
                VersionRecord.State.ACTIVE,
                VersionRecord.LastUpdate.SUCCESSFUL);
    }

    static EventInvokeConfigRecord eventInvokeConfig(FunctionArn arn, String qualifier) {
        return new EventInvokeConfigRecord(
                arn, qualifier, NOON, 1, 60, "kafka://done", "arn:aws:sqs:us-east-1:111111111111:failed");
    }

    static FunctionConfiguration configuration() {
        return new FunctionConfiguration(
                RuntimeIdentifier.PYTHON3_13,
                "arn:aws:iam::111111111111:role/r",
                "m.h",
                "",
                3,
                128,
                512,
                Map.of("B", "2", "A", "1"),
                List.of("x86_64"),
                new LoggingConfiguration("Text", null, null, "/aws/lambda/greet"),
                "PassThrough",
                null,
                null);
    }

    static CodePackage code() {
        return new CodePackage(
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "u1", 276, 0, List.of(7L, 9L));
    }

    private Samples() {}
}
