package io.kappa.contracts.registry;

import static io.kappa.contracts.registry.Samples.FOREIGN;
import static io.kappa.contracts.registry.Samples.FUNCTION;
import static io.kappa.contracts.registry.Samples.OTHER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.contracts.eventsource.MappingId;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.layer.LayerArn;
import io.kappa.contracts.registry.RuntimeManagementRecord.UpdateRuntimeOn;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RegistryViewTest {
    private static final Version LATEST = new Version.Latest();
    private static final Version ONE = new Version.Published(1);
    private static final Version TWO = new Version.Published(2);
    private static final Version TEN = new Version.Published(10);

    private final RecordCodec<RegistryRecord> codec = RecordCodec.of(RegistryRecord.class);
    private final RegistryView view = new RegistryView();
    private long sequence;

    @Test
    void aFunctionIsThereOnceItsLatestVersionIs() {
        put(Samples.function(FUNCTION));
        assertThat(view.function(FUNCTION)).isEmpty();

        put(Samples.version(FUNCTION, LATEST));

        assertThat(view.function(FUNCTION).orElseThrow().version(LATEST)).contains(Samples.version(FUNCTION, LATEST));
        assertThat(view.version(new VersionArn(FUNCTION, LATEST))).contains(Samples.version(FUNCTION, LATEST));
        assertThat(view.function("us-east-1", "111111111111", FUNCTION.name())).isPresent();
    }

    @Test
    void whatIsKeptBesideAFunctionIsFoundUntilItIsRemoved() {
        var recursion = new RecursionRecord(FUNCTION, RecursionRecord.Loop.Allow);
        var management = new RuntimeManagementRecord(FUNCTION, "3", UpdateRuntimeOn.FunctionUpdate, null);
        var signing = new CodeSigningRecord(FUNCTION, Samples.SIGNING);
        assertThat(view.recursiveLoop(FUNCTION)).isEqualTo(RecursionRecord.Loop.Terminate);
        put(recursion);
        put(management);
        put(signing);
        put(new CodeSigningRecord(OTHER, Samples.SIGNING));

        assertThat(view.recursiveLoop(FUNCTION)).isEqualTo(RecursionRecord.Loop.Allow);
        assertThat(view.runtimeManagement(FUNCTION, "3")).contains(management);
        assertThat(view.runtimeManagement(FUNCTION, "$LATEST")).isEmpty();
        assertThat(view.codeSigning(FUNCTION)).contains(signing);
        assertThat(view.functionsHeldTo(Samples.SIGNING)).containsExactly(FUNCTION, OTHER);

        for (var gone : new RegistryRecord[] {recursion, management, signing}) {
            view.apply(gone.key(), null, ++sequence);
        }
        assertThat(view.recursiveLoop(FUNCTION)).isEqualTo(RecursionRecord.Loop.Terminate);
        assertThat(view.runtimeManagement(FUNCTION, "3")).isEmpty();
        assertThat(view.functionsHeldTo(Samples.SIGNING)).containsExactly(OTHER);
    }

    @Test
    void codeSigningConfigsAreThereUntilTheyAreDeleted() {
        var config = Samples.codeSigningConfig(null, false);
        put(config);
        assertThat(view.codeSigningConfig(Samples.SIGNING)).contains(config);
        assertThat(view.codeSigningConfigs()).containsExactly(config);

        put(Samples.codeSigningConfig(null, true));

        assertThat(view.codeSigningConfig(Samples.SIGNING)).isEmpty();
        assertThat(view.codeSigningConfigs()).isEmpty();
        view.apply(config.key(), null, ++sequence);
        assertThat(view.reached("111111111111", sequence).toCompletableFuture()).isCompleted();
    }

    @Test
    void policiesAreFoundByWhatTheyAreAttachedToUntilTheyAreRemoved() {
        var ofFunction = Samples.policy(FUNCTION, null);
        var ofAlias = Samples.policy(FUNCTION, "live");
        put(ofFunction);
        put(ofAlias);

        assertThat(view.policy(FUNCTION, null)).contains(ofFunction);
        assertThat(view.policy(FUNCTION, "live")).contains(ofAlias);
        assertThat(view.policy(FUNCTION, "1")).isEmpty();

        view.apply(ofFunction.key(), null, ++sequence);
        view.apply(ofAlias.key(), null, ++sequence);

        assertThat(view.policy(FUNCTION, null)).isEmpty();
        assertThat(view.policy(FUNCTION, "live")).isEmpty();
        assertThat(view.reached(FUNCTION.account(), sequence)).isCompleted();
    }

    @Test
    void followersAreToldOfWhatIsThereAndOfEveryChange() {
        exists(FUNCTION);
        var told = new ArrayList<Boolean>();

        view.follow(function -> told.add(view.function(function).isPresent()));
        put(Samples.version(FUNCTION, ONE));
        put(new FunctionRecord(FUNCTION, 4, null, 7, Map.of(), null, true));

        assertThat(told).containsExactly(true, true, false);
    }

    @Test
    void versionsOfLayersAreThereUntilTheyAreRemoved() {
        var tools = LayerArn.parse("arn:aws:lambda:us-east-1:111111111111:layer:tools");
        var tool = LayerArn.parse("arn:aws:lambda:us-east-1:111111111111:layer:tool");
        put(new LayerRecord(tools, 2));
        for (var version : new String[] {tools + ":1", tools + ":10", tools + ":9", tool + ":1"}) {
            put(Samples.layerVersion(version));
        }

        assertThat(view.layerVersions(tools))
                .extracting(LayerVersionRecord::version)
                .containsExactly(tools.version(10), tools.version(9), tools.version(1));
        assertThat(view.layerVersions())
                .extracting(LayerVersionRecord::version)
                .containsExactly(tool.version(1), tools.version(1), tools.version(9), tools.version(10));
        assertThat(view.layerVersion(tools.version(9))).contains(Samples.layerVersion(tools + ":9"));

        view.apply(tools + ":9", null, ++sequence);
        assertThat(view.layerVersion(tools.version(9))).isEmpty();
        assertThat(view.reached("111111111111", sequence)).isCompleted();
    }

    @Test
    void whoWaitsForAChangeHearsOfItAfterFollowers() {
        var heard = new ArrayList<String>();
        view.follow(_ -> heard.add("follower"));
        var _ = view.reached("111111111111", 1).thenRun(() -> heard.add("waiter"));

        put(Samples.function(FUNCTION));

        assertThat(heard).containsExactly("follower", "waiter");
    }

    @Test
    void recordsMayComeInAnyOrderWhileTheTopicIsRead() {
        put(Samples.version(FUNCTION, LATEST));
        put(new FunctionRecord(FUNCTION, Map.of("team", "blue")));

        assertThat(view.function(FUNCTION).orElseThrow().function().tags()).containsEntry("team", "blue");
    }

    @Test
    void versionsAreInTheOrderOfTheirNumbersAfterLatest() {
        exists(FUNCTION);
        put(Samples.version(FUNCTION, TEN));
        put(Samples.version(FUNCTION, TWO));

        assertThat(view.function(FUNCTION).orElseThrow().versions()).containsOnlyKeys(LATEST, TWO, TEN);
        assertThat(view.function(FUNCTION).orElseThrow().versions().keySet()).containsExactly(LATEST, TWO, TEN);
    }

    @Test
    void aVersionWithoutARecordIsGone() {
        exists(FUNCTION);
        put(Samples.version(FUNCTION, ONE));

        gone(new VersionArn(FUNCTION, ONE));

        assertThat(view.version(new VersionArn(FUNCTION, ONE))).isEmpty();
        assertThat(view.function(FUNCTION)).isPresent();
    }

    @Test
    void aDeletedFunctionIsGoneAtOnceEvenBeforeItsVersionsAre() {
        exists(FUNCTION);

        put(new FunctionRecord(FUNCTION, 4, null, 7, Map.of(), null, true));

        assertThat(view.function(FUNCTION)).isEmpty();
        assertThat(view.functions()).isEmpty();
        assertThat(view.version(new VersionArn(FUNCTION, LATEST))).isEmpty();
    }

    @Test
    void aFunctionCreatedAnewHasNoneOfTheOldOnesVersions() {
        exists(FUNCTION);
        put(Samples.version(FUNCTION, ONE));
        put(new FunctionRecord(FUNCTION, 1, null, 1, Map.of(), null, true));
        gone(new VersionArn(FUNCTION, LATEST));
        gone(new VersionArn(FUNCTION, ONE));

        put(new FunctionRecord(FUNCTION, 1, null, 1, Map.of(), null, false));
        put(Samples.version(FUNCTION, LATEST));

        assertThat(view.function(FUNCTION).orElseThrow().versions()).containsOnlyKeys(LATEST);
    }

    @Test
    void goneVersionsOfFunctionsNeverHeardOfAreNothing() {
        gone(new VersionArn(FUNCTION, ONE));

        assertThat(view.functions()).isEmpty();
    }

    @Test
    void whatIsSetForEventsIsKeptByQualifierInOrder() {
        exists(FUNCTION);
        put(Samples.eventInvokeConfig(FUNCTION, "3"));
        put(Samples.eventInvokeConfig(FUNCTION, "$LATEST"));

        var function = view.function(FUNCTION).orElseThrow();
        assertThat(function.eventInvokeConfigs().keySet()).containsExactly("$LATEST", "3");
        assertThat(function.eventInvokeConfig("3")).contains(Samples.eventInvokeConfig(FUNCTION, "3"));
        assertThat(function.eventInvokeConfig("4")).isEmpty();
        assertThat(function.versions()).containsOnlyKeys(LATEST);
    }

    @Test
    void aConfigurationForEventsWithoutARecordIsGoneAndItsVersionStays() {
        exists(FUNCTION);
        put(Samples.version(FUNCTION, ONE));
        put(Samples.eventInvokeConfig(FUNCTION, "1"));
        put(Samples.eventInvokeConfig(FUNCTION, "$LATEST"));

        view.apply(EventInvokeConfigRecord.key(FUNCTION, "1"), null, ++sequence);

        var function = view.function(FUNCTION).orElseThrow();
        assertThat(function.eventInvokeConfigs()).containsOnlyKeys("$LATEST");
        assertThat(function.versions()).containsOnlyKeys(LATEST, ONE);
        assertThat(view.reached("111111111111", sequence).toCompletableFuture()).isCompleted();
    }

    @Test
    void aConfigurationForEventsOfAFunctionNeverHeardOfIsNothing() {
        view.apply(EventInvokeConfigRecord.key(FUNCTION, "1"), null, ++sequence);

        assertThat(view.functions()).isEmpty();
    }

    @Test
    void aliasesAreKeptByNameAndGoWithoutTouchingWhatTheyPointTo() {
        exists(FUNCTION);
        put(Samples.version(FUNCTION, ONE));
        put(Samples.alias(FUNCTION, "live"));
        put(Samples.alias(FUNCTION, "beta"));

        var before = view.function(FUNCTION).orElseThrow();
        view.apply(AliasRecord.key(FUNCTION, "live"), null, ++sequence);

        assertThat(before.aliases().keySet()).containsExactly("beta", "live");
        assertThat(before.alias("live")).contains(Samples.alias(FUNCTION, "live"));
        var after = view.function(FUNCTION).orElseThrow();
        assertThat(after.aliases()).containsOnlyKeys("beta");
        assertThat(after.alias("live")).isEmpty();
        assertThat(after.versions()).containsOnlyKeys(LATEST, ONE);
    }

    @Test
    void aQualifierIsAVersionsOrAnAliasThatLeadsToOne() {
        exists(FUNCTION);
        put(Samples.version(FUNCTION, ONE));
        put(Samples.alias(FUNCTION, "live"));

        var function = view.function(FUNCTION).orElseThrow();
        assertThat(function.versionOf("$LATEST")).contains(Samples.version(FUNCTION, LATEST));
        assertThat(function.versionOf("1")).contains(Samples.version(FUNCTION, ONE));
        assertThat(function.versionOf("live")).contains(Samples.version(FUNCTION, ONE));
        assertThat(function.versionOf("2")).isEmpty();
        assertThat(function.versionOf("0")).isEmpty();
        assertThat(function.versionOf("beta")).isEmpty();
    }

    @Test
    void whatIsProvisionedIsAllocatedUnlessSomethingIsReserved() {
        exists(FUNCTION);
        put(Samples.provisioned(FUNCTION, "1", 7));
        put(Samples.provisioned(FUNCTION, "2", 2));
        assertThat(view.function(FUNCTION).orElseThrow().allocatedConcurrency()).isEqualTo(9);

        put(new FunctionRecord(FUNCTION, 2, null, 0, Map.of(), 30, false));
        assertThat(view.function(FUNCTION).orElseThrow().allocatedConcurrency()).isEqualTo(30);
    }

    @Test
    void whatIsProvisionedIsKeptByQualifierAndGoesAlone() {
        exists(FUNCTION);
        put(Samples.alias(FUNCTION, "live"));
        put(Samples.provisioned(FUNCTION, "live", 7));
        put(Samples.provisioned(FUNCTION, "10", 2));

        assertThat(view.function(FUNCTION).orElseThrow().provisioned("live"))
                .contains(Samples.provisioned(FUNCTION, "live", 7));
        view.apply(ProvisionedConcurrencyRecord.key(FUNCTION, "live"), null, ++sequence);

        var function = view.function(FUNCTION).orElseThrow();
        assertThat(function.provisioned()).containsOnlyKeys("10");
        assertThat(function.aliases()).containsOnlyKeys("live");
        assertThat(view.reached("111111111111", sequence).toCompletableFuture()).isCompleted();
    }

    @Test
    void whatIsProvisionedForAnAliasIsDividedAmongItsVersionsByWeight() {
        exists(FUNCTION);
        put(Samples.alias(FUNCTION, "live"));
        put(Samples.provisioned(FUNCTION, "live", 26));
        put(Samples.provisioned(FUNCTION, "10", 2));

        assertThat(view.function(FUNCTION).orElseThrow().provisionedByVersion())
                .isEqualTo(Map.of(ONE, 23, TWO, 3, TEN, 2));
    }

    @Test
    void aShareTooSmallForAnEnvironmentIsTheOthers() {
        exists(FUNCTION);
        put(Samples.alias(FUNCTION, "live"));
        put(Samples.provisioned(FUNCTION, "live", 4));

        assertThat(view.function(FUNCTION).orElseThrow().provisionedByVersion()).isEqualTo(Map.of(ONE, 4));
    }

    @Test
    void nothingIsKeptReadyForAnAliasThatIsGone() {
        exists(FUNCTION);
        put(Samples.provisioned(FUNCTION, "live", 7));

        assertThat(view.function(FUNCTION).orElseThrow().provisionedByVersion()).isEmpty();
    }

    @Test
    void followersAreToldOfAliasesAndOfWhatIsProvisioned() {
        exists(FUNCTION);
        var told = new ArrayList<Integer>();

        view.follow(function -> told.add(
                view.function(function).orElseThrow().provisionedByVersion().size()));
        put(Samples.alias(FUNCTION, "live"));
        put(Samples.provisioned(FUNCTION, "live", 26));
        view.apply(ProvisionedConcurrencyRecord.key(FUNCTION, "live"), null, ++sequence);
        view.apply(AliasRecord.key(FUNCTION, "live"), null, ++sequence);

        assertThat(told).containsExactly(0, 0, 2, 0, 0);
    }

    @Test
    void mappingsAreFoundByTheirUuidAndListedInTheOrderOfIt() {
        var later = new MappingId("us-east-1", "111111111111", "24e0db71-5d35-4eb5-b481-8945cf9d10c2");
        put(Samples.mapping(later));
        put(Samples.mapping(Samples.MAPPING));

        assertThat(view.mapping(Samples.MAPPING.uuid())).contains(Samples.mapping(Samples.MAPPING));
        assertThat(view.mappings()).extracting(EventSourceMappingRecord::id).containsExactly(Samples.MAPPING, later);
        assertThat(view.functions()).isEmpty();
    }

    @Test
    void aMappingWithoutARecordIsGoneAndWasItsAccounts() {
        put(Samples.mapping(Samples.MAPPING));

        view.apply(Samples.MAPPING.toString(), null, ++sequence);

        assertThat(view.mapping(Samples.MAPPING.uuid())).isEmpty();
        assertThat(view.mappings()).isEmpty();
        assertThat(view.reached("111111111111", sequence).toCompletableFuture()).isCompleted();
    }

    @Test
    void functionsAreListedByNameForOneAccountAndRegion() {
        exists(OTHER);
        exists(FOREIGN);
        exists(FUNCTION);
        var elsewhere = FunctionArn.parse("arn:aws:lambda:eu-west-1:111111111111:function:greet");
        exists(elsewhere);

        assertThat(view.functions("111111111111", "us-east-1"))
                .extracting(function -> function.function().function())
                .containsExactly(FUNCTION, OTHER);
        assertThat(view.functions()).hasSize(4);
    }

    @Test
    void waitersAreServedOnceTheirAccountHasComeSoFar() {
        var first = view.reached("111111111111", 1).toCompletableFuture();
        var second = view.reached("111111111111", 2).toCompletableFuture();

        view.apply(FOREIGN.toString(), codec.encode(Samples.function(FOREIGN)), 5);
        assertThat(first).isNotDone();

        view.apply(FUNCTION.toString(), codec.encode(Samples.function(FUNCTION)), 1);
        assertThat(first).isCompleted();
        assertThat(second).isNotDone();

        view.apply(new VersionArn(FUNCTION, ONE).toString(), null, 2);
        assertThat(second).isCompleted();
    }

    @Test
    void whoComesLateNeedNotWait() {
        view.apply(FUNCTION.toString(), codec.encode(Samples.function(FUNCTION)), 3);

        assertThat(view.reached("111111111111", 2).toCompletableFuture()).isCompleted();
        assertThat(view.reached("111111111111", 0).toCompletableFuture()).isCompleted();
        assertThat(view.reached("333333333333", 0).toCompletableFuture()).isCompleted();
    }

    @Test
    void aRecordThatCannotBeReadIsAnErrorRatherThanAGap() {
        assertThatThrownBy(() -> view.apply(FUNCTION.toString(), new byte[] {'{', '}'}, 1))
                .isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(() -> view.apply("nonsense", null, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    private void exists(FunctionArn arn) {
        put(Samples.function(arn));
        put(Samples.version(arn, LATEST));
    }

    private void put(RegistryRecord record) {
        view.apply(record.key(), codec.encode(record), ++sequence);
    }

    private void gone(VersionArn version) {
        view.apply(version.toString(), null, ++sequence);
    }
}
