package io.kappa.router.api;

import static io.kappa.router.api.Answers.assertAnswer;
import static io.kappa.router.api.Answers.assertError;
import static io.kappa.router.api.Answers.assertNotFound;
import static io.kappa.router.api.RunningApi.ARN;
import static io.kappa.router.api.RunningApi.FUNCTIONS;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.Version;
import io.kappa.router.registry.AliasChange;
import io.kappa.router.registry.RegistryCommand;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AliasesApiTest {
    private static final String ALIASES = FUNCTIONS + "/f/aliases";
    private static final String NAMES = "(?!^[0-9]+$)([a-zA-Z0-9-_]+)";

    private final RunningApi api = new RunningApi();

    @BeforeEach
    void publishTwoVersions() {
        api.create("f", "\"Publish\":true,");
        api.post(FUNCTIONS + "/f/versions", "{}");
    }

    @AfterEach
    void close() {
        api.close();
    }

    private HttpResponse<String> create(String name, String version, String more) {
        return api.post(ALIASES, "{" + more + "\"Name\":\"" + name + "\",\"FunctionVersion\":\"" + version + "\"}");
    }

    private RegistryCommand lastAsked() {
        return api.registry.asked.getLast();
    }

    private static String shown(String name, String version, String more, int revision) {
        return "{\"AliasArn\":\"" + ARN + "f:" + name + "\",\"Name\":\"" + name + "\",\"FunctionVersion\":\"" + version
                + "\"," + more + "\"RevisionId\":\"revision-" + revision + "\"}";
    }

    @Test
    void anAliasIsAnsweredAndShownAlike() {
        var alias = shown("live", "1", "\"Description\":\"\",", 5);

        assertAnswer(create("live", "1", ""), 201, alias);
        assertAnswer(api.get(ALIASES + "/live"), 200, alias);
    }

    @Test
    void aSecondVersionIsShownWithItsWeight() {
        var alias = shown(
                "live", "1", "\"Description\":\"d\",\"RoutingConfig\":{\"AdditionalVersionWeights\":{\"2\":0.1}},", 5);
        var more = "\"Description\":\"d\",\"RoutingConfig\":{\"AdditionalVersionWeights\":{\"2\":0.1}},";

        assertAnswer(create("live", "1", more), 201, alias);
        assertAnswer(api.get(ALIASES + "/live"), 200, alias);
    }

    @Test
    void anUpdateSaysOnlyWhatIsToChange() {
        create("live", "1", "");

        api.put(ALIASES + "/live", "{}");
        assertThat(lastAsked()).isEqualTo(updated(new AliasChange(null, null, null), null));
        api.put(ALIASES + "/live", "{\"RoutingConfig\":{}}");
        assertThat(lastAsked()).isEqualTo(updated(new AliasChange(null, null, List.of()), null));
        api.put(ALIASES + "/live", "{\"RoutingConfig\":{\"AdditionalVersionWeights\":{}}}");
        assertThat(lastAsked()).isEqualTo(updated(new AliasChange(null, null, List.of()), null));
        assertAnswer(
                api.put(
                        ALIASES + "/live",
                        "{\"FunctionVersion\":\"$LATEST\",\"Description\":\"e\",\"RevisionId\":\"r\"}"),
                200,
                shown("live", "$LATEST", "\"Description\":\"e\",", 9));
        assertThat(lastAsked()).isEqualTo(updated(new AliasChange(new Version.Latest(), "e", null), "r"));
    }

    private RegistryCommand updated(AliasChange change, @Nullable String revisionId) {
        var function =
                api.registry.view().functions().iterator().next().function().function();
        return new RegistryCommand.UpdateAlias(function, "live", change, revisionId);
    }

    @Test
    void aDeletedAliasIsGone() {
        create("live", "1", "");

        assertAnswer(api.delete(ALIASES + "/live"), 204, "");
        assertNotFound(api.get(ALIASES + "/live"), "Cannot find alias arn: " + ARN + "f:live");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "007", "$LATEST", "a b"})
    void aNameThatCouldBeAVersionIsRefused(String name) {
        assertError(
                create(name, "1", ""),
                400,
                "ValidationException",
                "{\"message\":\"1 validation error detected: Value '" + name
                        + "' at 'name' failed to satisfy constraint: "
                        + "Member must satisfy regular expression pattern: " + NAMES + "\"}");
    }

    @Test
    void aWeightIsBetweenZeroAndOne() {
        assertError(
                create("live", "1", "\"RoutingConfig\":{\"AdditionalVersionWeights\":{\"2\":1.1}},"),
                400,
                "ValidationException",
                "{\"message\":\"1 validation error detected: Value '{2=1.1}' at 'routingConfig.additionalVersionWeights' "
                        + "failed to satisfy constraint: Map value must satisfy constraint: "
                        + "[Member must have value less than or equal to 1.0, Member must have value greater than or equal "
                        + "to 0.0, Member must not be null]\"}");
        assertThat(create("live", "1", "\"RoutingConfig\":{\"AdditionalVersionWeights\":{\"2\":null}},")
                        .body())
                .contains("Value '{2=null}' at 'routingConfig.additionalVersionWeights'");
        assertThat(create("zero", "1", "\"RoutingConfig\":{\"AdditionalVersionWeights\":{\"2\":0}},")
                        .body())
                .contains("{\"2\":0.0}");
        assertThat(create("one", "1", "\"RoutingConfig\":{\"AdditionalVersionWeights\":{\"2\":1}},")
                        .body())
                .contains("{\"2\":1.0}");
    }

    @Test
    void weightsAreForNumbers() {
        assertError(
                create("live", "1", "\"RoutingConfig\":{\"AdditionalVersionWeights\":{\"$LATEST\":0.1}},"),
                400,
                "ValidationException",
                "{\"message\":\"1 validation error detected: Value '{$LATEST=0.1}' at "
                        + "'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map keys must satisfy "
                        + "constraint: [Member must have length less than or equal to 1024, Member must have length greater "
                        + "than or equal to 1, Member must satisfy regular expression pattern: [0-9]+, Member must not be "
                        + "null]\"}");
        assertThat(create("live", "1", "\"RoutingConfig\":{\"AdditionalVersionWeights\":{\"2\":\"0.1\"}},")
                        .body())
                .contains("STRING_VALUE can not be converted to a Double");
    }

    @Test
    void aNumberThatNoVersionHasIsNotFound() {
        assertNotFound(create("live", "0", ""), "Function not found: " + ARN + "f:0");
        assertNotFound(
                create("live", "1", "\"RoutingConfig\":{\"AdditionalVersionWeights\":{\"007\":0.1}},"),
                "Function not found: " + ARN + "f:007");
        assertNotFound(
                api.post(FUNCTIONS + "/" + "a".repeat(65) + "/aliases", "{\"Name\":\"a\",\"FunctionVersion\":\"1\"}"),
                "Function not found: " + ARN + "a".repeat(65) + ":1");
    }

    @Test
    void anAliasDoesNotPointToAnAlias() {
        create("live", "1", "");

        assertThat(create("other", "live", "").body())
                .contains("Value 'live' at 'functionVersion' failed to satisfy constraint: Member must satisfy regular "
                        + "expression pattern: (\\\\$LATEST|[0-9]+)");
    }

    @Test
    void aFunctionThatIsNotThereIsNotFound() {
        for (var response : List.of(
                api.get(FUNCTIONS + "/nope/aliases"),
                api.get(FUNCTIONS + "/nope/aliases/live"),
                api.put(FUNCTIONS + "/nope/aliases/live", "{}"),
                api.delete(FUNCTIONS + "/nope/aliases/live"))) {
            assertNotFound(response, "Function not found: " + ARN + "nope");
        }
    }

    @Test
    void aVersionHasNoAliasesOfItsOwn() {
        assertThat(api.get(FUNCTIONS + "/f:1/aliases").body())
                .contains("Aliases and versions do not support this operation.");
    }

    @Test
    void aliasesAreListedByNameInPagesAndByVersion() {
        create("c", "1", "");
        create("a", "2", "");
        create("b", "2", "\"RoutingConfig\":{\"AdditionalVersionWeights\":{\"1\":0.1}},");
        assertAnswer(api.get(ALIASES + "?FunctionVersion=$LATEST"), 200, "{\"Aliases\":[]}");

        assertThat(names(api.get(ALIASES))).containsExactly("a", "b", "c");
        assertThat(names(api.get(ALIASES + "?FunctionVersion=1"))).containsExactly("b", "c");
        var first = api.get(ALIASES + "?MaxItems=2");
        assertThat(names(first)).containsExactly("a", "b");
        var marker = first.body().replaceFirst(".*\"NextMarker\":\"([^\"]+)\".*", "$1");
        assertThat(names(api.get(ALIASES + "?MaxItems=2&Marker=" + marker))).containsExactly("c");
    }

    private static List<String> names(HttpResponse<String> response) {
        return Pattern.compile("\"Name\":\"([^\"]+)\"")
                .matcher(response.body())
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void aFunctionIsShownAsTheVersionThatTheAliasPointsTo() {
        create("live", "2", "");

        assertThat(api.get(FUNCTIONS + "/f/configuration?Qualifier=live").body())
                .contains("\"FunctionArn\":\"" + ARN + "f:live\"")
                .contains("\"Version\":\"2\"");
        assertThat(api.get(FUNCTIONS + "/f:live").body())
                .contains("\"FunctionArn\":\"" + ARN + "f:live\"")
                .contains("\"Version\":\"2\"");
        assertNotFound(api.get(FUNCTIONS + "/f?Qualifier=Live"), "Function not found: " + ARN + "f:Live");
    }

    @Test
    void eventsOfAnAliasHaveSettingsOfTheirOwn() {
        create("live", "1", "");

        assertThat(api.put("/2019-09-25/functions/f/event-invoke-config?Qualifier=live", "{\"MaximumRetryAttempts\":1}")
                        .body())
                .contains("\"FunctionArn\":\"" + ARN + "f:live\"");
        assertThat(api.get("/2019-09-25/functions/f:live/event-invoke-config").statusCode())
                .isEqualTo(200);
    }
}
