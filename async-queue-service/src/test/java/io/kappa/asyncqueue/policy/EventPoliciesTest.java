package io.kappa.asyncqueue.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.LoggingConfiguration;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.AliasRecord;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.Deployment;
import io.kappa.contracts.registry.EventInvokeConfigRecord;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.contracts.registry.RegistryRecord;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.registry.VersionRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventPoliciesTest {
    private static final FunctionArn GREET = FunctionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:greet");
    private static final String QUEUE = "arn:aws:sqs:us-east-1:111111111111:q";

    private final RegistryView view = new RegistryView();
    private final EventPolicies policies = new EventPolicies(view);
    private long sequence;

    @BeforeEach
    void publishAVersionWithAQueueAndPointAnAliasAtIt() {
        put(new FunctionRecord(GREET, Map.of()));
        put(version(new Version.Latest(), null));
        put(version(new Version.Published(1), QUEUE));
        put(new AliasRecord(GREET, "live", new Version.Published(1), "", null, "r"));
        put(new EventInvokeConfigRecord(GREET, "live", Instant.EPOCH, 1, 60, null, null));
    }

    private void put(RegistryRecord record) {
        view.apply(record.key(), RecordCodec.of(RegistryRecord.class).encode(record), ++sequence);
    }

    private static VersionRecord version(Version version, @Nullable String deadLetterTarget) {
        var configuration = new FunctionConfiguration(
                RuntimeIdentifier.PYTHON3_13,
                "arn:aws:iam::111111111111:role/r",
                "app.handler",
                "",
                3,
                128,
                512,
                Map.of(),
                List.of("x86_64"),
                new LoggingConfiguration("Text", null, null, "/aws/lambda/greet"),
                "PassThrough",
                deadLetterTarget,
                null);
        return new VersionRecord(
                new VersionArn(GREET, version),
                new Deployment(1, configuration, new CodePackage("0".repeat(64), "u", 1, 0, List.of(0L))),
                null,
                Instant.EPOCH,
                "r",
                VersionRecord.State.ACTIVE,
                null);
    }

    private EventPolicy of(@Nullable String qualifier) {
        return policies.of(new InvocationTarget(GREET, qualifier));
    }

    @Test
    void theDeadLetterQueueIsTheVersionsAlsoByAnAlias() {
        assertThat(of("1").deadLetterQueue()).isEqualTo(QUEUE);
        assertThat(of("live").deadLetterQueue()).isEqualTo(QUEUE);
        assertThat(of(null).deadLetterQueue()).isNull();
        assertThat(of("beta").deadLetterQueue()).isNull();
    }

    @Test
    void whatIsSetForAnAliasHoldsForItAlone() {
        assertThat(of("live").maximumRetries()).isEqualTo(1);
        assertThat(of("live").maximumAgeMillis()).isEqualTo(60_000);
        assertThat(of("1").maximumRetries()).isEqualTo(2);
    }
}
