package io.kappa.router.registry;

import static io.kappa.router.registry.Ownership.refused;
import static io.kappa.router.registry.Samples.CODE;
import static io.kappa.router.registry.Samples.DELETE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.STALE_REVISION;
import static io.kappa.router.registry.Samples.statement;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.Version;
import io.kappa.contracts.registry.PolicyRecord;
import io.kappa.router.policy.PolicyJson;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.ChangeSetting;
import io.kappa.router.registry.RegistryCommand.CreateAlias;
import io.kappa.router.registry.RegistryCommand.DeleteAlias;
import io.kappa.router.registry.RegistryCommand.DeleteFunction;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Somebody else is allowed to use a function. */
class PolicyDecisionsTest {
    private static final String STALE_POLICY = "The Revision Id provided does not match the latest Revision Id. "
            + "Call the GetPolicy API to retrieve the latest Revision Id";

    private final Ownership owner = new Ownership();

    @BeforeEach
    void createAFunctionWithAVersionAndAnAlias() {
        owner.published(GREET, 1);
        owner.completed(new CreateAlias(GREET, "live", new Version.Published(1), "", List.of()));
    }

    private static ChangeSetting add(@Nullable String qualifier, String sid, @Nullable String revisionId) {
        return new ChangeSetting(GREET, qualifier, new SettingChange.AddPermission(statement(sid), revisionId));
    }

    private static ChangeSetting remove(@Nullable String qualifier, String sid, @Nullable String revisionId) {
        return new ChangeSetting(GREET, qualifier, new SettingChange.RemovePermission(sid, revisionId));
    }

    private List<String> sids(@Nullable String qualifier) {
        return owner.state.policy(GREET, qualifier).stream()
                .flatMap(policy -> policy.statements().stream())
                .map(PolicyRecord.Statement::sid)
                .toList();
    }

    private String aliasRevision() {
        return owner.state.alias(GREET, "live").orElseThrow().revisionId();
    }

    @Test
    void eachQualifierHasAPolicyOfItsOwn() {
        owner.completed(add(null, "s1", null));
        owner.completed(add("1", "s2", null));
        owner.completed(add("live", "s3", null));
        owner.completed(add("live", "s4", null));

        assertThat(sids(null)).containsExactly("s1");
        assertThat(sids("1")).containsExactly("s2");
        assertThat(sids("live")).containsExactly("s3", "s4");
    }

    @Test
    void whatThePolicyIsAttachedToGetsANewRevisionAndNothingElseDoes() {
        var latest = owner.latest(GREET).revisionId();
        var one = owner.version(Samples.numbered(GREET, 1)).revisionId();
        var alias = aliasRevision();

        owner.completed(add("live", "s1", null));

        assertThat(aliasRevision()).isNotEqualTo(alias);
        assertThat(owner.latest(GREET).revisionId()).isEqualTo(latest);

        owner.completed(add(null, "s1", null));
        assertThat(owner.latest(GREET).revisionId()).isNotEqualTo(latest);
        assertThat(owner.version(Samples.numbered(GREET, 1)).revisionId()).isEqualTo(one);

        var before = aliasRevision();
        owner.completed(remove("live", "s1", null));
        assertThat(aliasRevision()).isNotEqualTo(before);
    }

    @Test
    void aStaleRevisionIsRefusedInTheWordsOfWhatHoldsIt() {
        assertThat(owner.ask(add("live", "s1", "stale")))
                .isEqualTo(refused(ErrorCode.PRECONDITION_FAILED, STALE_REVISION));

        owner.completed(add("live", "s1", aliasRevision()));

        assertThat(owner.ask(add("live", "s2", "stale")))
                .isEqualTo(refused(ErrorCode.PRECONDITION_FAILED, STALE_POLICY));
        assertThat(owner.ask(remove("live", "s1", "stale")))
                .isEqualTo(refused(ErrorCode.PRECONDITION_FAILED, STALE_POLICY));
        owner.completed(remove("live", "s1", aliasRevision()));
        assertThat(sids("live")).isEmpty();
    }

    @Test
    void aStatementIdIsUsedOnce() {
        owner.completed(add(null, "s1", null));

        assertThat(owner.ask(add(null, "s1", null)))
                .isEqualTo(
                        refused(
                                ErrorCode.RESOURCE_CONFLICT,
                                "The statement id (s1) provided already exists. Please provide a new statement id, or remove the existing statement."));
        owner.completed(add("live", "s1", null));
    }

    @Test
    void aPolicyGrowsToTwentyKilobytes() {
        int size = 0;
        Verdict last = null;
        for (int i = 0; last == null || last instanceof Verdict.Answered(RegistryAnswer.Done _); i++) {
            size = owner.state
                    .policy(GREET, null)
                    .map(PolicyJson::of)
                    .orElse("")
                    .length();
            last = owner.ask(add(null, "statement-" + (1000 + i), null));
        }

        int one = PolicyJson.of(statement("statement-1000"), GREET.toString()).length() + 1;
        assertThat(size).isBetween(20_480 - one, 20_480);
        assertThat(last)
                .isEqualTo(refused(
                        ErrorCode.POLICY_LENGTH_EXCEEDED,
                        "The final policy size (" + (size + one) + ") is bigger than the limit (20480)."));
    }

    @Test
    void whatDoesNotExistHasNoPolicy() {
        assertThat(owner.ask(add("gone", "s1", null)))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Cannot find alias arn: " + GREET + ":gone"));
        assertThat(owner.ask(add("7", "s1", null)))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET + ":7"));
        assertThat(owner.ask(
                        new ChangeSetting(Samples.PART, null, new SettingChange.AddPermission(statement("s1"), null))))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + Samples.PART));
        assertThat(owner.ask(new ChangeSetting(Samples.PART, null, new SettingChange.RemovePermission("s1", null))))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "No policy found for: " + Samples.PART));
        assertThat(owner.ask(remove("gone", "s1", null)))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Cannot find alias arn: " + GREET + ":gone"));
        assertThat(owner.ask(remove(null, "s1", null)))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "No policy is associated with the given resource."));
        owner.completed(add(null, "s1", null));
        assertThat(owner.ask(remove(null, "s9", null)))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Statement s9 is not found in resource policy."));
    }

    @Test
    void removingTheLastStatementRemovesThePolicy() {
        owner.completed(add(null, "s1", null));
        owner.completed(add(null, "s2", null));
        owner.completed(remove(null, "s1", null));
        assertThat(sids(null)).containsExactly("s2");

        owner.completed(remove(null, "s2", null));

        assertThat(owner.state.policy(GREET, null)).isEmpty();
        assertThat(owner.ask(remove(null, "s2", null)))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "No policy is associated with the given resource."));
        assertThat(owner.recorded.getLast())
                .as("so that the number is kept")
                .isEqualTo(new Change.Recorded(owner.latest(GREET)));
    }

    @Test
    void policiesGoWithWhatTheyAreAttachedTo() {
        owner.completed(add(null, "s1", null));
        owner.completed(add("1", "s1", null));
        owner.completed(add("live", "s1", null));

        owner.completed(new DeleteAlias(GREET, "live"));
        assertThat(sids("live")).isEmpty();
        assertThat(sids("1")).isNotEmpty();

        owner.completed(new DeleteFunction(GREET, new Version.Published(1)));
        assertThat(sids("1")).isEmpty();
        assertThat(sids(null)).isNotEmpty();

        owner.completed(DELETE);
        assertThat(sids(null)).isEmpty();

        owner.active(GREET, CODE);
        assertThat(sids(null)).isEmpty();
    }
}
