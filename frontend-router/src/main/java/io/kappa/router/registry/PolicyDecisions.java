package io.kappa.router.registry;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.registry.AliasRecord;
import io.kappa.contracts.registry.PolicyRecord;
import io.kappa.contracts.registry.RegistryRecord;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.router.policy.PolicyJson;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryDecisions.Outcome;
import io.kappa.router.registry.RegistryDecisions.Refusal;
import io.kappa.router.registry.SettingChange.AddPermission;
import io.kappa.router.registry.SettingChange.RemovePermission;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Decides what becomes of resource-based policies. Each change of one gives a new revision to what it is attached to. */
final class PolicyDecisions {
    /** Lambda's limit, of the policy as JSON. */
    static final int LONGEST_POLICY = 20_480;

    private final RegistryState state;
    private final Supplier<String> revisionIds;

    PolicyDecisions(RegistryState state, Supplier<String> revisionIds) {
        this.state = state;
        this.revisionIds = revisionIds;
    }

    Outcome add(FunctionArn function, @Nullable String qualifier, AddPermission change) {
        var _ = RegistryDecisions.required(state, function);
        var subject = subject(function, qualifier);
        var before = state.policy(function, qualifier).orElse(null);
        if (before == null) {
            RegistryDecisions.requireRevision(revision(subject), change.revisionId());
        } else {
            requireRevision(subject, change.revisionId());
        }
        var statements = new ArrayList<PolicyRecord.Statement>();
        if (before != null) {
            requireNew(change.statement().sid(), before);
            statements.addAll(before.statements());
        }
        statements.add(change.statement());
        var after = new PolicyRecord(function, qualifier, statements);
        requireRoom(after);
        return revised(new Change.Recorded(after), subject);
    }

    Outcome remove(FunctionArn function, @Nullable String qualifier, RemovePermission change) {
        if (state.function(function).isEmpty()) {
            throw notFound("No policy found for: " + function);
        }
        var subject = subject(function, qualifier);
        var before = state.policy(function, qualifier)
                .orElseThrow(() -> notFound("No policy is associated with the given resource."));
        var left = before.statements().stream()
                .filter(statement -> !statement.sid().equals(change.statementId()))
                .toList();
        if (left.size() == before.statements().size()) {
            throw notFound("Statement " + change.statementId() + " is not found in resource policy.");
        }
        requireRevision(subject, change.revisionId());
        return revised(
                left.isEmpty()
                        ? new Change.Removed(before)
                        : new Change.Recorded(new PolicyRecord(function, qualifier, left)),
                subject);
    }

    /** What the policy is attached to: a version, {@code $LATEST} for the function itself, or an alias. */
    private RegistryRecord subject(FunctionArn function, @Nullable String qualifier) {
        if (qualifier != null && !Version.isVersion(qualifier)) {
            return state.alias(function, qualifier)
                    .orElseThrow(() -> notFound("Cannot find alias arn: " + function.qualified(qualifier)));
        }
        var version = qualifier == null ? Optional.<Version>of(new Version.Latest()) : Version.named(qualifier);
        return version.flatMap(named -> state.version(new VersionArn(function, named)))
                .orElseThrow(() -> notFound("Function not found: " + new InvocationTarget(function, qualifier)));
    }

    private static String revision(RegistryRecord subject) {
        return switch (subject) {
            case VersionRecord version -> version.revisionId();
            case AliasRecord alias -> alias.revisionId();
            default -> throw new IllegalStateException("no policy is attached to " + subject.key());
        };
    }

    private Outcome revised(Change policy, RegistryRecord subject) {
        RegistryRecord after = switch (subject) {
            case VersionRecord version -> version.withRevision(revisionIds.get());
            case AliasRecord alias -> alias.withRevision(revisionIds.get());
            default -> throw new IllegalStateException("no policy is attached to " + subject.key());
        };
        return new Outcome(List.of(policy, new Change.Recorded(after)), RegistryAnswer.Done.WITHOUT_RECORD);
    }

    private static void requireRevision(RegistryRecord subject, @Nullable String wanted) {
        if (wanted != null && !wanted.equals(revision(subject))) {
            throw new Refusal(
                    ErrorCode.PRECONDITION_FAILED,
                    "The Revision Id provided does not match the latest Revision Id. "
                            + "Call the GetPolicy API to retrieve the latest Revision Id");
        }
    }

    private static void requireNew(String sid, PolicyRecord policy) {
        if (policy.statements().stream().anyMatch(statement -> statement.sid().equals(sid))) {
            throw new Refusal(
                    ErrorCode.RESOURCE_CONFLICT,
                    "The statement id (" + sid + ") provided already exists. Please provide a new statement id, "
                            + "or remove the existing statement.");
        }
    }

    private static void requireRoom(PolicyRecord policy) {
        int length = PolicyJson.of(policy).getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_POLICY) {
            throw new Refusal(
                    ErrorCode.POLICY_LENGTH_EXCEEDED,
                    "The final policy size (" + length + ") is bigger than the limit (" + LONGEST_POLICY + ").");
        }
    }

    private static Refusal notFound(String message) {
        return new Refusal(ErrorCode.RESOURCE_NOT_FOUND, message);
    }
}
