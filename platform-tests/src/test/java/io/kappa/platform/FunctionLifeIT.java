package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.FunctionConfiguration;
import software.amazon.awssdk.services.lambda.model.FunctionVersion;
import software.amazon.awssdk.services.lambda.model.LastUpdateStatus;
import software.amazon.awssdk.services.lambda.model.Runtime;
import software.amazon.awssdk.services.lambda.model.State;

/** A function is created, read, changed, published and deleted through the AWS SDK as on Lambda. */
class FunctionLifeIT {
    private static final DeploymentPackage FIRST =
            DeploymentPackage.of("app.py", "def handler(event, context):\n    return 1\n");
    private static final DeploymentPackage SECOND =
            DeploymentPackage.of("app.py", "def handler(event, context):\n    return 2\n");

    private final LambdaClient lambda = RunningPlatform.shared().lambda();
    private final Functions functions = new Functions(lambda);

    private String create() {
        return functions.create(Runtime.PYTHON3_13, "app.handler", FIRST, _ -> {});
    }

    @Test
    void createAnswersPendingAndTheWaiterSeesItBecomeActive() {
        var name = Functions.newName("f");

        var created = lambda.createFunction(request -> request.functionName(name)
                .runtime(Runtime.PYTHON3_13)
                .handler("app.handler")
                .role(Functions.ROLE)
                .code(FIRST.code())
                .tags(Map.of("team", "orders")));

        assertThat(created.state()).isEqualTo(State.PENDING);
        assertThat(created.lastUpdateStatus()).isNull();
        assertThat(created.functionArn()).isEqualTo("arn:aws:lambda:us-east-1:000000000000:function:" + name);
        assertThat(created.timeout()).isEqualTo(3);
        assertThat(created.memorySize()).isEqualTo(128);
        lambda.waiter().waitUntilFunctionActiveV2(request -> request.functionName(name));
        var active = lambda.getFunction(request -> request.functionName(name));
        assertThat(active.configuration().state()).isEqualTo(State.ACTIVE);
        assertThat(active.configuration().lastUpdateStatus()).isEqualTo(LastUpdateStatus.SUCCESSFUL);
        assertThat(active.configuration().revisionId()).isNotEqualTo(created.revisionId());
        assertThat(active.tags()).containsEntry("team", "orders");
    }

    @Test
    void theCodeLocationDownloadsTheBytesThatWereUploaded() throws Exception {
        var name = create();

        var function = lambda.getFunction(request -> request.functionName(name));
        var downloaded = download(function.code().location());

        assertThat(function.code().repositoryType()).isEqualTo("S3");
        var sha256 = Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-256").digest(downloaded));
        assertThat(function.configuration().codeSha256()).isEqualTo(sha256);
        assertThat(function.configuration().codeSize()).isEqualTo(downloaded.length);
    }

    private static byte[] download(String location) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(location)).build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofByteArray())
                .body();
    }

    @Test
    void newCodeRunsOnceTheUpdateHasSucceeded() {
        var name = create();
        assertThat(functions.invoke(name, "{}").payload().asUtf8String()).isEqualTo("1");

        var updated = lambda.updateFunctionCode(
                request -> request.functionName(name).zipFile(SdkBytes.fromByteArray(SECOND.zip())));
        lambda.waiter().waitUntilFunctionUpdatedV2(request -> request.functionName(name));

        assertThat(updated.lastUpdateStatus()).isEqualTo(LastUpdateStatus.IN_PROGRESS);
        assertThat(functions.invoke(name, "{}").payload().asUtf8String()).isEqualTo("2");
    }

    @Test
    void aChangedConfigurationReachesTheFunction() {
        var name = functions.python("import os\ndef handler(event, context):\n    return os.environ.get('COLOUR')\n");
        assertThat(functions.invoke(name, "{}").payload().asUtf8String()).isEqualTo("null");

        lambda.updateFunctionConfiguration(request -> request.functionName(name)
                .environment(environment -> environment.variables(Map.of("COLOUR", "green")))
                .timeout(7));
        lambda.waiter().waitUntilFunctionUpdatedV2(request -> request.functionName(name));

        assertThat(functions.invoke(name, "{}").payload().asUtf8String()).isEqualTo("\"green\"");
        var configuration = lambda.getFunctionConfiguration(request -> request.functionName(name));
        assertThat(configuration.timeout()).isEqualTo(7);
        assertThat(configuration.environment().variables()).containsEntry("COLOUR", "green");
    }

    @Test
    void aPublishedVersionKeepsRunningItsOwnCode() {
        var name = create();
        var published = lambda.publishVersion(request -> request.functionName(name));
        lambda.updateFunctionCode(request -> request.functionName(name).zipFile(SdkBytes.fromByteArray(SECOND.zip())));
        lambda.waiter().waitUntilFunctionUpdatedV2(request -> request.functionName(name));

        var old = lambda.invoke(request -> request.functionName(name).qualifier("1"));
        var latest = lambda.invoke(request -> request.functionName(name));

        assertThat(published.version()).isEqualTo("1");
        assertThat(old.payload().asUtf8String()).isEqualTo("1");
        assertThat(old.executedVersion()).isEqualTo("1");
        assertThat(latest.payload().asUtf8String()).isEqualTo("2");
        assertThat(latest.executedVersion()).isEqualTo("$LATEST");
    }

    @Test
    void publishingTwiceWithoutAChangeGivesTheSameVersion() {
        var name = create();

        var first = lambda.publishVersion(request -> request.functionName(name));
        var second = lambda.publishVersion(request -> request.functionName(name));

        assertThat(second.version()).isEqualTo(first.version());
        assertThat(second.revisionId()).isEqualTo(first.revisionId());
    }

    @Test
    void versionsAreListedFromLatestUpwardsAcrossPages() {
        var name = create();
        for (int i = 1; i <= 3; i++) {
            int round = i;
            lambda.updateFunctionConfiguration(
                    request -> request.functionName(name).description("round " + round));
            lambda.waiter().waitUntilFunctionUpdatedV2(request -> request.functionName(name));
            lambda.publishVersion(request -> request.functionName(name));
        }

        var versions =
                lambda
                        .listVersionsByFunctionPaginator(
                                request -> request.functionName(name).maxItems(2))
                        .versions()
                        .stream()
                        .map(FunctionConfiguration::version)
                        .toList();

        assertThat(versions).containsExactly("$LATEST", "1", "2", "3");
    }

    @Test
    void thePaginatorSeesEveryFunctionOnce() {
        var names = List.of(create(), create(), create());

        var listed = lambda.listFunctionsPaginator(request -> request.maxItems(2)).functions().stream()
                .map(FunctionConfiguration::functionName)
                .toList();

        assertThat(listed).containsAll(names).doesNotHaveDuplicates();
    }

    @Test
    void listingAllVersionsShowsQualifiedArns() {
        var name = create();
        lambda.publishVersion(request -> request.functionName(name));

        var arns =
                lambda
                        .listFunctionsPaginator(request -> request.functionVersion(FunctionVersion.ALL))
                        .functions()
                        .stream()
                        .filter(function -> function.functionName().equals(name))
                        .map(FunctionConfiguration::functionArn)
                        .toList();

        var arn = "arn:aws:lambda:us-east-1:000000000000:function:" + name;
        assertThat(arns).containsExactlyInAnyOrder(arn + ":$LATEST", arn + ":1");
    }

    @Test
    void aDeletedFunctionIsGoneAndItsNumbersAreNotUsedAgain() {
        var name = create();
        lambda.publishVersion(request -> request.functionName(name));
        lambda.deleteFunction(request -> request.functionName(name));
        assertThat(lambda.listFunctionsPaginator().functions().stream().map(FunctionConfiguration::functionName))
                .doesNotContain(name);

        lambda.createFunction(request -> request.functionName(name)
                .runtime(Runtime.PYTHON3_13)
                .handler("app.handler")
                .role(Functions.ROLE)
                .code(FIRST.code()));
        lambda.waiter().waitUntilFunctionActiveV2(request -> request.functionName(name));

        assertThat(lambda.publishVersion(request -> request.functionName(name)).version())
                .isEqualTo("2");
    }

    @Test
    void accountSettingsCountFunctionsAndCode() {
        var before = lambda.getAccountSettings();
        create();
        var after = lambda.getAccountSettings();

        assertThat(after.accountLimit().concurrentExecutions()).isEqualTo(1000);
        assertThat(after.accountLimit().codeSizeUnzipped()).isEqualTo(262_144_000);
        assertThat(after.accountUsage().functionCount())
                .isGreaterThan(before.accountUsage().functionCount());
        assertThat(after.accountUsage().totalCodeSize())
                .isGreaterThan(before.accountUsage().totalCodeSize());
    }
}
