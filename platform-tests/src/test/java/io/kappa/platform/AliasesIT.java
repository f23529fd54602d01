package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.AliasConfiguration;
import software.amazon.awssdk.services.lambda.model.FunctionConfiguration;
import software.amazon.awssdk.services.lambda.model.InvalidParameterValueException;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.lambda.model.PreconditionFailedException;
import software.amazon.awssdk.services.lambda.model.ProvisionedConcurrencyConfigNotFoundException;
import software.amazon.awssdk.services.lambda.model.ResourceConflictException;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;

/** Versions are released through aliases, with the AWS SDK and the {@code aws} command, as on Lambda. */
class AliasesIT {
    private static final String ARN = "arn:aws:lambda:us-east-1:000000000000:function:";
    private static final String SOURCE = """
            def handler(event, context):
                return {'code': %d, 'version': context.function_version, 'arn': context.invoked_function_arn}
            """;

    private final LambdaClient lambda = RunningPlatform.shared().lambda();
    private final Functions functions = new Functions(lambda);

    /** A function with two published versions that tell which they are. */
    private String releasedTwice() {
        var name = functions.python(SOURCE.formatted(1));
        lambda.publishVersion(request -> request.functionName(name));
        var second = DeploymentPackage.of("app.py", SOURCE.formatted(2));
        lambda.updateFunctionCode(request -> request.functionName(name).zipFile(SdkBytes.fromByteArray(second.zip())));
        lambda.waiter().waitUntilFunctionUpdatedV2(request -> request.functionName(name));
        lambda.publishVersion(request -> request.functionName(name));
        return name;
    }

    private InvokeResponse invoke(String name, String alias) {
        return lambda.invoke(request -> request.functionName(name).qualifier(alias));
    }

    private Set<String> executedIn(int invocations, String name, String alias) {
        var executed = new HashSet<String>();
        for (int i = 0; i < invocations; i++) {
            executed.add(invoke(name, alias).executedVersion());
        }
        return executed;
    }

    @Test
    void aReleaseIsShiftedByWeightAndRolledBack() {
        var name = releasedTwice();

        var alias = lambda.createAlias(
                request -> request.functionName(name).name("live").functionVersion("1"));
        assertThat(alias.aliasArn()).isEqualTo(ARN + name + ":live");
        assertThat(alias.routingConfig()).isNull();
        assertThat(executedIn(3, name, "live")).containsExactly("1");

        lambda.updateAlias(request -> request.functionName(name)
                .name("live")
                .routingConfig(routing -> routing.additionalVersionWeights(Map.of("2", 0.5))));
        assertThat(executedIn(60, name, "live")).containsExactlyInAnyOrder("1", "2");

        var shifted = lambda.updateAlias(request -> request.functionName(name)
                .name("live")
                .functionVersion("2")
                .routingConfig(routing -> routing.additionalVersionWeights(Map.of()))
                .revisionId(lambda.getAlias(get -> get.functionName(name).name("live"))
                        .revisionId()));
        assertThat(shifted.routingConfig()).isNull();
        assertThat(executedIn(3, name, "live")).containsExactly("2");

        assertThatThrownBy(() -> lambda.updateAlias(request -> request.functionName(name)
                        .name("live")
                        .functionVersion("1")
                        .revisionId(alias.revisionId())))
                .isInstanceOf(PreconditionFailedException.class);
        lambda.updateAlias(request -> request.functionName(name).name("live").functionVersion("1"));
        assertThat(executedIn(3, name, "live")).containsExactly("1");
    }

    @Test
    void theFunctionSeesTheAliasThatItWasInvokedBy() {
        var name = releasedTwice();
        lambda.createAlias(request -> request.functionName(name).name("live").functionVersion("1"));

        assertThat(invoke(name, "live").payload().asUtf8String())
                .isEqualTo("{\"code\": 1, \"version\": \"1\", \"arn\": \"" + ARN + name + ":live\"}");
        var configuration = lambda.getFunctionConfiguration(
                request -> request.functionName(name).qualifier("live"));
        assertThat(configuration.functionArn()).isEqualTo(ARN + name + ":live");
        assertThat(configuration.version()).isEqualTo("1");
    }

    @Test
    void aVersionStaysAsLongAsAnAliasNeedsIt() {
        var name = releasedTwice();
        lambda.createAlias(request -> request.functionName(name).name("live").functionVersion("1"));

        assertThatThrownBy(() -> lambda.deleteFunction(
                        request -> request.functionName(name).qualifier("1")))
                .isInstanceOf(ResourceConflictException.class)
                .hasMessageContaining("aliases reference it: [live]");
        assertThatThrownBy(() -> lambda.deleteFunction(
                        request -> request.functionName(name).qualifier("live")))
                .isInstanceOf(InvalidParameterValueException.class)
                .hasMessageContaining("Deletion of aliases is not currently supported.");
        lambda.deleteAlias(request -> request.functionName(name).name("live"));
        lambda.deleteFunction(request -> request.functionName(name).qualifier("1"));

        assertThatThrownBy(() -> invoke(name, "live"))
                .isInstanceOf(ResourceNotFoundException.class)
                .hasMessageContaining("Function not found: " + ARN + name + ":live");
    }

    @Test
    void everyVersionOfEveryFunctionIsListedOnDemand() {
        var name = releasedTwice();
        lambda.createAlias(request -> request.functionName(name).name("live").functionVersion("1"));
        lambda.createAlias(request -> request.functionName(name).name("next").functionVersion("2"));

        assertThat(lambda.listFunctionsPaginator(request -> request.functionVersion("ALL")).functions().stream()
                        .filter(function -> function.functionName().equals(name))
                        .map(FunctionConfiguration::functionArn))
                .containsExactly(ARN + name + ":$LATEST", ARN + name + ":1", ARN + name + ":2");
        assertThat(lambda.listAliasesPaginator(
                                request -> request.functionName(name).maxItems(1))
                        .aliases())
                .extracting(AliasConfiguration::name)
                .containsExactly("live", "next");
        assertThat(lambda.listAliases(request -> request.functionName(name).functionVersion("2"))
                        .aliases())
                .extracting(AliasConfiguration::name)
                .containsExactly("next");
    }

    @Test
    void whatIsProvisionedForAnAliasIsShownListedAndDeleted() {
        var name = releasedTwice();
        lambda.createAlias(request -> request.functionName(name).name("live").functionVersion("1"));

        var put = lambda.putProvisionedConcurrencyConfig(
                request -> request.functionName(name).qualifier("live").provisionedConcurrentExecutions(2));

        assertThat(put.statusAsString()).isEqualTo("IN_PROGRESS");
        assertThat(lambda.getProvisionedConcurrencyConfig(
                                request -> request.functionName(name).qualifier("live"))
                        .requestedProvisionedConcurrentExecutions())
                .isEqualTo(2);
        var listed = lambda.listProvisionedConcurrencyConfigs(request -> request.functionName(name))
                .provisionedConcurrencyConfigs();
        assertThat(listed).hasSize(1);
        assertThat(listed.getFirst().functionArn()).isEqualTo(ARN + name + ":live");
        assertThatThrownBy(() -> lambda.putProvisionedConcurrencyConfig(
                        request -> request.functionName(name).qualifier("1").provisionedConcurrentExecutions(1)))
                .isInstanceOf(ResourceConflictException.class);
        lambda.deleteProvisionedConcurrencyConfig(
                request -> request.functionName(name).qualifier("live"));
        assertThatThrownBy(() -> lambda.getProvisionedConcurrencyConfig(
                        request -> request.functionName(name).qualifier("live")))
                .isInstanceOf(ProvisionedConcurrencyConfigNotFoundException.class);
    }

    @Test
    void theCommandLineReleasesAndRollsBack(@TempDir Path directory) throws Exception {
        var aws = new AwsCli(RunningPlatform.shared().endpoint(), directory);
        var name = releasedTwice();

        var printed = aws.run("""
                aws lambda create-alias --function-name %1$s --name live --function-version 1 \
                    --routing-config 'AdditionalVersionWeights={2=1.0}' --query AliasArn --output text
                aws lambda invoke --function-name %1$s --qualifier live out --query ExecutedVersion --output text
                aws lambda update-alias --function-name %1$s --name live --routing-config '{}' --query FunctionVersion \
                    --output text
                aws lambda invoke --function-name %1$s:live out --query ExecutedVersion --output text
                aws lambda get-alias --function-name %1$s --name live --query RoutingConfig --output text
                aws lambda delete-alias --function-name %1$s --name live
                aws lambda list-aliases --function-name %1$s --query Aliases --output text
                """.formatted(name));

        assertThat(printed.lines()).containsExactly(ARN + name + ":live", "2", "1", "1", "None");
    }
}
