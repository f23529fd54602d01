package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.lambda.model.ProvisionedConcurrencyStatusEnum;
import software.amazon.awssdk.services.lambda.model.ThrottleReason;
import software.amazon.awssdk.services.lambda.model.TooManyRequestsException;

/** Provisioned concurrency as its user sees it, through the AWS SDK. */
class ProvisionedFunctionsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SOURCE = """
            import os, time
            def handler(event, context):
                time.sleep(event)
                return os.environ['AWS_LAMBDA_INITIALIZATION_TYPE']
            """;

    private final LambdaClient lambda = RunningPlatform.shared().lambda();
    private final Functions functions = new Functions(lambda);
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void stopCallers() {
        callers.close();
    }

    @Test
    void asManyInvocationsAsAreProvisionedFindTheirEnvironmentReadyAndOneMoreStartsOne() throws Exception {
        // given
        var name = functions.python(SOURCE);
        lambda.publishVersion(request -> request.functionName(name));
        provision(name, "1", 2);
        await(name, "1", ProvisionedConcurrencyStatusEnum.READY);
        // when
        var answers = atOnce(3, () -> invoke(name, "1", "0.5"));
        // then
        assertThat(answers)
                .extracting(answer -> answer.payload().asUtf8String())
                .containsExactlyInAnyOrder(
                        "\"provisioned-concurrency\"", "\"provisioned-concurrency\"", "\"on-demand\"");
        lambda.deleteProvisionedConcurrencyConfig(
                request -> request.functionName(name).qualifier("1"));
    }

    @Test
    void whereAllThatIsReservedIsProvisionedOtherVersionsAreThrottled() {
        var name = functions.python(SOURCE);
        lambda.publishVersion(request -> request.functionName(name));
        lambda.putFunctionConcurrency(request -> request.functionName(name).reservedConcurrentExecutions(1));
        provision(name, "1", 1);
        await(name, "1", ProvisionedConcurrencyStatusEnum.READY);

        assertThatThrownBy(() -> invoke(name, "$LATEST", "0"))
                .isInstanceOfSatisfying(
                        TooManyRequestsException.class,
                        refusal -> assertThat(refusal.reason())
                                .isEqualTo(ThrottleReason.RESERVED_FUNCTION_CONCURRENT_INVOCATION_LIMIT_EXCEEDED));
        assertThat(invoke(name, "1", "0").payload().asUtf8String()).isEqualTo("\"provisioned-concurrency\"");
        lambda.deleteFunction(request -> request.functionName(name));
    }

    @Test
    void anAliasThatMovesIsReadyAgainWithItsNewVersion() {
        var name = functions.python(SOURCE);
        lambda.publishVersion(request -> request.functionName(name));
        lambda.createAlias(request -> request.functionName(name).name("live").functionVersion("1"));
        provision(name, "live", 1);
        await(name, "live", ProvisionedConcurrencyStatusEnum.READY);

        var next = DeploymentPackage.of("app.py", SOURCE + "#");
        lambda.updateFunctionCode(request -> request.functionName(name).zipFile(SdkBytes.fromByteArray(next.zip())));
        lambda.waiter().waitUntilFunctionUpdatedV2(request -> request.functionName(name));
        lambda.publishVersion(request -> request.functionName(name));
        lambda.updateAlias(request -> request.functionName(name).name("live").functionVersion("2"));
        await(name, "live", ProvisionedConcurrencyStatusEnum.READY);

        var answer = invoke(name, "live", "0");
        assertThat(answer.executedVersion()).isEqualTo("2");
        assertThat(answer.payload().asUtf8String()).isEqualTo("\"provisioned-concurrency\"");
        lambda.deleteProvisionedConcurrencyConfig(
                request -> request.functionName(name).qualifier("live"));
    }

    @Test
    void anInitThatFailsIsTheReasonWhyProvisioningFails() {
        var name = functions.python("import not_there");
        lambda.publishVersion(request -> request.functionName(name));
        provision(name, "1", 1);

        await(name, "1", ProvisionedConcurrencyStatusEnum.FAILED);

        assertThat(lambda.getProvisionedConcurrencyConfig(
                                request -> request.functionName(name).qualifier("1"))
                        .statusReason())
                .startsWith("FUNCTION_ERROR_INIT_FAILURE");
        lambda.deleteProvisionedConcurrencyConfig(
                request -> request.functionName(name).qualifier("1"));
    }

    private void provision(String name, String qualifier, int environments) {
        lambda.putProvisionedConcurrencyConfig(request ->
                request.functionName(name).qualifier(qualifier).provisionedConcurrentExecutions(environments));
    }

    private void await(String name, String qualifier, ProvisionedConcurrencyStatusEnum status) {
        Waiting.until(
                PATIENCE,
                () -> lambda.getProvisionedConcurrencyConfig(
                                        request -> request.functionName(name).qualifier(qualifier))
                                .status()
                        == status);
    }

    private InvokeResponse invoke(String name, String qualifier, String payload) {
        return lambda.invoke(
                request -> request.functionName(name).qualifier(qualifier).payload(SdkBytes.fromUtf8String(payload)));
    }

    private List<InvokeResponse> atOnce(int times, Callable<InvokeResponse> call) throws Exception {
        var answers = Stream.generate(() -> callers.submit(call)).limit(times).toList();
        var given = new ArrayList<InvokeResponse>();
        for (Future<InvokeResponse> answer : answers) {
            given.add(answer.get());
        }
        return given;
    }
}
