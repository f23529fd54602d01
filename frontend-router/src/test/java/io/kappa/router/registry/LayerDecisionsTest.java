package io.kappa.router.registry;

import static io.kappa.router.registry.Ownership.NOON;
import static io.kappa.router.registry.Ownership.refused;
import static io.kappa.router.registry.Samples.ACCOUNT;
import static io.kappa.router.registry.Samples.CODE;
import static io.kappa.router.registry.Samples.DELETE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.NEWER_CODE;
import static io.kappa.router.registry.Samples.PUBLISH;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.layer.FunctionLayer;
import io.kappa.contracts.layer.LayerArn;
import io.kappa.contracts.layer.LayerVersionArn;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.LayerRecord;
import io.kappa.contracts.registry.LayerVersionRecord;
import io.kappa.contracts.registry.LayerVersionRecord.Policy;
import io.kappa.contracts.registry.LayerVersionRecord.Statement;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.AddLayerVersionPermission;
import io.kappa.router.registry.RegistryCommand.CreateFunction;
import io.kappa.router.registry.RegistryCommand.DeleteLayerVersion;
import io.kappa.router.registry.RegistryCommand.PublishLayerVersion;
import io.kappa.router.registry.RegistryCommand.RemoveLayerVersionPermission;
import io.kappa.router.registry.RegistryCommand.UpdateFunctionConfiguration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Layers are numbered, let to others, and kept for the functions that have them. */
class LayerDecisionsTest {
    private static final LayerArn TOOLS = new LayerArn("us-east-1", ACCOUNT, "tools");
    private static final LayerVersionArn ONE = TOOLS.version(1);
    private static final CodePackage TOOLS_CODE = Samples.code('c', "t1");
    private static final Statement FRIEND = new Statement("friend", "222222222222", null);

    private final Ownership owner = new Ownership();

    private static PublishLayerVersion publish(CodePackage code) {
        return new PublishLayerVersion(TOOLS, code, "d", List.of("python3.13"), List.of(), null);
    }

    private LayerVersionRecord published(CodePackage code) {
        return Objects.requireNonNull(
                owner.stored(code).completed(publish(code)).layerVersion());
    }

    private static CreateFunction create(CodePackage code, FunctionLayer... layers) {
        return new CreateFunction(
                GREET, Samples.configuration("").withLayers(List.of(layers)), code, Map.of(), false, null);
    }

    private static FunctionLayer layer(LayerVersionArn version) {
        return new FunctionLayer(version, TOOLS_CODE);
    }

    private static UpdateFunctionConfiguration choose(FunctionLayer... layers) {
        return new UpdateFunctionConfiguration(GREET, Samples.unchanged().withLayers(List.of(layers)), null);
    }

    private Verdict add(Statement statement, @Nullable String revisionId) {
        return owner.ask(new AddLayerVersionPermission(ONE, statement, revisionId));
    }

    private Verdict remove(String statementId, @Nullable String revisionId) {
        return owner.ask(new RemoveLayerVersionPermission(ONE, statementId, revisionId));
    }

    private @Nullable Policy policy() {
        return owner.state.layerVersion(ONE).orElseThrow().policy();
    }

    @Test
    void aVersionIsWhatWasPublished() {
        assertThat(published(TOOLS_CODE))
                .isEqualTo(new LayerVersionRecord(
                        ONE, TOOLS_CODE, "d", List.of("python3.13"), List.of(), null, NOON, null));
        assertThat(owner.state.layer(TOOLS)).contains(new LayerRecord(TOOLS, 1));
    }

    @Test
    void numbersAreNeverUsedTwice() {
        published(TOOLS_CODE);
        published(TOOLS_CODE);
        owner.completed(new DeleteLayerVersion(TOOLS.version(2)));
        owner.completed(new DeleteLayerVersion(ONE));

        assertThat(published(TOOLS_CODE).version()).isEqualTo(TOOLS.version(3));
    }

    @Test
    void aRemovalEndsWithTheLayersOwnRecord() {
        published(TOOLS_CODE);
        owner.completed(new DeleteLayerVersion(ONE));

        assertThat(owner.recorded).contains(new Change.Recorded(new LayerRecord(TOOLS, 1)));
        assertThat(owner.recorded.getLast()).isInstanceOf(Change.UploadReleased.class);
    }

    @Test
    void deletingWhatIsNotThereChangesNothing() {
        assertThat(owner.completed(new DeleteLayerVersion(ONE)).layerVersion()).isNull();
        assertThat(owner.recorded).isEmpty();
    }

    @Test
    void aPackageThatNobodyAnnouncedIsGone() {
        assertThat(owner.ask(publish(TOOLS_CODE))).isEqualTo(new Verdict.CodeGone());
    }

    @Test
    void theContentStaysAsLongAsTheVersionOrAFunctionHasIt() {
        published(TOOLS_CODE);
        owner.stored(CODE).done(create(CODE, layer(ONE)));
        owner.settle();
        owner.completed(new DeleteLayerVersion(ONE));
        assertThat(owner.released()).isEmpty();

        owner.completed(DELETE);

        assertThat(owner.released()).containsExactlyInAnyOrder("u1", "t1");
        assertThat(owner.state.codeBytes(ACCOUNT)).isZero();
    }

    @Test
    void aVersionOfAFunctionKeepsTheContentThatTheFunctionHasGivenUp() {
        published(TOOLS_CODE);
        owner.stored(CODE).done(create(CODE, layer(ONE)));
        owner.settle();
        owner.done(PUBLISH);
        owner.done(choose());
        owner.settle();
        owner.completed(new DeleteLayerVersion(ONE));

        assertThat(owner.released()).isEmpty();
        assertThat(owner.latest(GREET).requested().configuration().layers()).isEmpty();
        assertThat(owner.version(Samples.numbered(GREET, 1))
                        .requested()
                        .configuration()
                        .layers())
                .containsExactly(layer(ONE));
    }

    @Test
    void layersAreADifferenceBetweenVersions() {
        published(TOOLS_CODE);
        owner.active(GREET, CODE);
        owner.done(PUBLISH);
        owner.done(choose(layer(ONE)));
        owner.settle();

        assertThat(owner.done(PUBLISH).version()).isEqualTo(Samples.numbered(GREET, 2));
        assertThat(owner.done(PUBLISH).version()).isEqualTo(Samples.numbered(GREET, 2));
    }

    @Test
    void layersOfTheFunctionsAccountMustExistWhenTheyAreChosen() {
        var missing = refused(ErrorCode.INVALID_PARAMETER_VALUE, "Layer version " + ONE + " does not exist.");

        assertThat(owner.stored(CODE).ask(create(CODE, layer(ONE)))).isEqualTo(missing);
        owner.active(GREET, CODE);
        assertThat(owner.ask(choose(layer(ONE)))).isEqualTo(missing);
    }

    @Test
    void aFunctionMayBeChangedAfterItsLayerHasBeenDeleted() {
        published(TOOLS_CODE);
        owner.stored(CODE).done(create(CODE, layer(ONE)));
        owner.settle();
        owner.completed(new DeleteLayerVersion(ONE));

        owner.done(new UpdateFunctionConfiguration(GREET, Samples.described("later"), null));
        owner.settle();
        owner.stored(NEWER_CODE).done(Samples.updateCode(GREET, NEWER_CODE));

        assertThat(owner.latest(GREET).requested().configuration().layers()).containsExactly(layer(ONE));
    }

    @Test
    void theContentIsTheOwnersWhateverTheRouterHasSeen() {
        published(TOOLS_CODE);
        var stale = new FunctionLayer(ONE, Samples.code('d', "elsewhere"));

        owner.stored(CODE).done(create(CODE, stale));

        assertThat(owner.latest(GREET).requested().configuration().layers()).containsExactly(layer(ONE));
    }

    @Test
    void layersOfAnotherAccountAreCopies() {
        var foreign = new LayerArn("us-east-1", "222222222222", "theirs").version(4);
        var copy = new FunctionLayer(foreign, TOOLS_CODE);
        owner.stored(CODE);
        assertThat(owner.ask(create(CODE, copy))).isEqualTo(new Verdict.CodeGone());

        owner.stored(TOOLS_CODE).done(create(CODE, copy));

        assertThat(owner.latest(GREET).requested().configuration().layers()).containsExactly(copy);
        owner.settle();
        owner.completed(DELETE);
        assertThat(owner.released()).containsExactlyInAnyOrder("u1", "t1");
    }

    @Test
    void codeAndLayersTogetherHaveALimit() {
        var code = CODE.withUnzippedSize(200_000_000);
        var exactly = TOOLS_CODE.withUnzippedSize(62_144_000);
        var over = Samples.code('d', "t2").withUnzippedSize(62_144_001);
        var tooLarge = refused(
                ErrorCode.INVALID_PARAMETER_VALUE,
                "Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. "
                        + "The actual size is 262144001 bytes.");
        published(exactly);
        published(over);

        assertThat(owner.stored(code).ask(create(code, layer(TOOLS.version(2)))))
                .isEqualTo(tooLarge);
        owner.stored(code).done(create(code, layer(ONE)));
        owner.settle();
        assertThat(owner.ask(choose(layer(TOOLS.version(2))))).isEqualTo(tooLarge);
        var larger = NEWER_CODE.withUnzippedSize(200_000_001);
        assertThat(owner.stored(larger).ask(Samples.updateCode(GREET, larger))).isEqualTo(tooLarge);
    }

    @Test
    void versionsOfLayersCountAsCodeOfTheAccount() {
        published(TOOLS_CODE);
        published(TOOLS_CODE);
        assertThat(owner.state.codeBytes(ACCOUNT)).isEqualTo(2 * 276);

        owner.completed(new DeleteLayerVersion(ONE));

        assertThat(owner.state.codeBytes(ACCOUNT)).isEqualTo(276);
        var huge = new CodePackage("e".repeat(64), "t9", RegistryDecisions.CODE_BYTES_PER_ACCOUNT, 0, List.of(1L));
        assertThat(owner.stored(huge).ask(publish(huge)))
                .isEqualTo(refused(ErrorCode.CODE_STORAGE_EXCEEDED, "Code storage limit exceeded."));
    }

    @Test
    void aPolicyHasARevisionForEachOfItsStates() {
        published(TOOLS_CODE);
        add(FRIEND, null);
        var first = Objects.requireNonNull(policy());
        assertThat(first.statements()).containsExactly(FRIEND);

        assertThat(add(new Statement("all", "*", null), "stale"))
                .isEqualTo(refused(
                        ErrorCode.PRECONDITION_FAILED,
                        "The Revision Id provided does not match the latest Revision Id. "
                                + "Call the GetLayerPolicy API to retrieve the latest Revision Id"));
        add(new Statement("all", "*", null), first.revisionId());
        assertThat(remove("friend", first.revisionId()))
                .isEqualTo(refused(
                        ErrorCode.PRECONDITION_FAILED,
                        "The Revision Id provided does not match the latest Revision Id. "
                                + "Call the GetLayerPolicy API to retrieve the latest Revision Id"));
        remove("friend", null);
        remove("all", null);
        assertThat(policy()).isNull();
    }

    @Test
    void aStatementIsNamedOnce() {
        published(TOOLS_CODE);
        add(FRIEND, null);

        assertThat(add(new Statement("friend", "*", null), null))
                .isEqualTo(
                        refused(
                                ErrorCode.RESOURCE_CONFLICT,
                                "The statement id (friend) provided already exists. Please provide a new statement id, or remove the existing statement."));
        assertThat(remove("stranger", null))
                .isEqualTo(
                        refused(ErrorCode.RESOURCE_NOT_FOUND, "Statement stranger is not found in resource policy."));
    }

    @Test
    void onlyVersionsThatAreThereHaveAPolicy() {
        var missing = refused(ErrorCode.RESOURCE_NOT_FOUND, "Layer version " + ONE + " does not exist.");
        assertThat(add(FRIEND, null)).isEqualTo(missing);
        assertThat(remove("friend", null)).isEqualTo(missing);

        published(TOOLS_CODE);

        assertThat(remove("friend", null))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "No policy is associated with the given resource."));
    }

    @Test
    void aPolicyHasABound() {
        published(TOOLS_CODE);
        Verdict verdict = new Verdict.CodeGone();
        for (int i = 0; i < 200 && !(verdict instanceof Verdict.Answered(RegistryAnswer.Refused _)); i++) {
            verdict = add(new Statement("s".repeat(90) + i, "222222222222", null), null);
        }

        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Answered.class,
                        answered -> assertThat(answered.answer())
                                .isInstanceOfSatisfying(
                                        RegistryAnswer.Refused.class,
                                        refused -> assertThat(refused.code())
                                                .isEqualTo(ErrorCode.POLICY_LENGTH_EXCEEDED)));
        assertThat(LayerPolicies.document(owner.state.layerVersion(ONE).orElseThrow()))
                .hasSizeLessThanOrEqualTo(20 * 1024);
    }

    @Test
    void aPolicyLetsWhomItNames() {
        var version = published(TOOLS_CODE);
        assertThat(LayerPolicies.let(ACCOUNT, version)).isTrue();
        assertThat(LayerPolicies.let("222222222222", version)).isFalse();
        assertThat(LayerPolicies.let("222222222222", letting(version, FRIEND))).isTrue();
        assertThat(LayerPolicies.let("333333333333", letting(version, FRIEND))).isFalse();
        var byArn = new Statement("friend", "arn:aws:iam::222222222222:root", null);
        assertThat(LayerPolicies.let("222222222222", letting(version, byArn))).isTrue();
        assertThat(LayerPolicies.let("333333333333", letting(version, new Statement("all", "*", null))))
                .isTrue();
        assertThat(LayerPolicies.let("333333333333", letting(version, new Statement("org", "*", "o-0123456789"))))
                .isFalse();
    }

    private static LayerVersionRecord letting(LayerVersionRecord version, Statement statement) {
        return version.withPolicy(new Policy("r", List.of(statement)));
    }

    @Test
    void aPolicyIsWrittenInAwssLanguage() {
        var version = letting(published(TOOLS_CODE), FRIEND);
        var policy = Objects.requireNonNull(version.policy());
        var both = version.withPolicy(
                new Policy("r", List.of(policy.statements().getFirst(), new Statement("org", "*", "o-0123456789"))));

        assertThat(LayerPolicies.document(both)).isEqualTo("""
                {"Version":"2012-10-17","Id":"default","Statement":[\
                {"Sid":"friend","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},\
                "Action":"lambda:GetLayerVersion","Resource":"arn:aws:lambda:us-east-1:111111111111:layer:tools:1"},\
                {"Sid":"org","Effect":"Allow","Principal":"*","Action":"lambda:GetLayerVersion",\
                "Resource":"arn:aws:lambda:us-east-1:111111111111:layer:tools:1",\
                "Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-0123456789"}}}]}""");
    }
}
