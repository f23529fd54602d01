package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.FunctionEventInvokeConfig;
import software.amazon.awssdk.services.lambda.model.InvalidParameterValueException;
import software.amazon.awssdk.services.lambda.model.InvocationType;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;
import software.amazon.awssdk.services.lambda.model.TooManyRequestsException;

/** How events are treated and what concurrency is reserved is set, read and deleted through the AWS SDK as on Lambda. */
class EventSettingsIT {
    private static final String ARN = "arn:aws:lambda:us-east-1:000000000000:function:";

    private final LambdaClient lambda = RunningPlatform.shared().lambda();
    private final Functions functions = new Functions(lambda);

    private String create() {
        return functions.python("def handler(event, context):\n    return 1\n");
    }

    @Test
    void whatIsSetForEventsIsMergedListedAndDeleted() {
        var name = create();
        var before = Instant.now().truncatedTo(ChronoUnit.MILLIS);

        var put = lambda.putFunctionEventInvokeConfig(request -> request.functionName(name)
                .maximumRetryAttempts(1)
                .destinationConfig(config -> config.onFailure(failure -> failure.destination("kafka://failed"))));
        var updated = lambda.updateFunctionEventInvokeConfig(
                request -> request.functionName(name).maximumEventAgeInSeconds(60));

        assertThat(put.functionArn()).isEqualTo(ARN + name + ":$LATEST");
        assertThat(put.lastModified()).isBetween(before, Instant.now());
        assertThat(updated.maximumRetryAttempts()).isEqualTo(1);
        var read = lambda.getFunctionEventInvokeConfig(request -> request.functionName(name));
        assertThat(read.maximumEventAgeInSeconds()).isEqualTo(60);
        assertThat(read.destinationConfig().onFailure().destination()).isEqualTo("kafka://failed");
        assertThat(lambda.listFunctionEventInvokeConfigs(request -> request.functionName(name))
                        .functionEventInvokeConfigs())
                .extracting(FunctionEventInvokeConfig::functionArn)
                .containsExactly(ARN + name + ":$LATEST");
        lambda.deleteFunctionEventInvokeConfig(request -> request.functionName(name));
        assertThatThrownBy(() -> lambda.getFunctionEventInvokeConfig(request -> request.functionName(name)))
                .isInstanceOf(ResourceNotFoundException.class)
                .hasMessageContaining("doesn't have an EventInvokeConfig");
    }

    @Test
    void aDestinationThatCannotBeIsRefused() {
        var name = create();

        assertThatThrownBy(() -> lambda.putFunctionEventInvokeConfig(request -> request.functionName(name)
                        .destinationConfig(config -> config.onSuccess(
                                success -> success.destination("arn:aws:sqs:us-east-1:000000000000:q.fifo")))))
                .isInstanceOf(InvalidParameterValueException.class)
                .hasMessageContaining("The destination ARN arn:aws:sqs:us-east-1:000000000000:q.fifo is invalid.");
    }

    @Test
    void zeroReservedConcurrencyThrottlesUntilItIsTakenBack() {
        var name = create();

        lambda.putFunctionConcurrency(request -> request.functionName(name).reservedConcurrentExecutions(0));

        assertThat(lambda.getFunction(request -> request.functionName(name))
                        .concurrency()
                        .reservedConcurrentExecutions())
                .isZero();
        assertThatThrownBy(() -> functions.invoke(name, "{}"))
                .isInstanceOfSatisfying(
                        TooManyRequestsException.class,
                        throttle -> assertThat(throttle.reasonAsString())
                                .isEqualTo("ReservedFunctionConcurrentInvocationLimitExceeded"));
        lambda.deleteFunctionConcurrency(request -> request.functionName(name));
        assertThat(functions.invoke(name, "{}").payload().asUtf8String()).isEqualTo("1");
    }

    @Test
    void nineHundredAreTheMostThatCanBeReserved() {
        var name = create();

        assertThatThrownBy(() -> lambda.putFunctionConcurrency(
                        request -> request.functionName(name).reservedConcurrentExecutions(901)))
                .isInstanceOf(InvalidParameterValueException.class)
                .hasMessageContaining("below its minimum value of [100]");
        lambda.putFunctionConcurrency(request -> request.functionName(name).reservedConcurrentExecutions(900));
        assertThat(lambda.getAccountSettings().accountLimit().unreservedConcurrentExecutions())
                .isEqualTo(100);
        lambda.deleteFunctionConcurrency(request -> request.functionName(name));
    }

    @Test
    void eventsAreAcceptedWithoutWaitingForTheFunction() {
        var name = create();

        var accepted = lambda.invoke(request ->
                request.functionName(name).invocationType(InvocationType.EVENT).payload(SdkBytes.fromUtf8String("{}")));

        assertThat(accepted.statusCode()).isEqualTo(202);
        assertThat(accepted.executedVersion()).isNull();
    }
}
