package io.kappa.deadletters.api;

import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.deadletters.index.Filter;
import io.kappa.deadletters.index.RedriveOrder;
import io.kappa.deadletters.payload.PayloadEdit;
import io.kappa.kit.management.ManagementRefusal;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the API is asked, as JSON. */
final class Asked {
    private static final int LONGEST_BY = 256;

    /** Ids are short for a filter that has nothing else. {@code confirm} must be true, because it cannot be taken back. */
    record Delete(
            @Nullable List<String> ids,
            @Nullable Filter filter,
            boolean confirm,
            @Nullable String by) {
        Filter which() {
            if (!confirm) {
                throw ManagementRefusal.invalid("deleting cannot be taken back: confirm must be true");
            }
            checkBy(by);
            return Asked.which(ids, filter);
        }
    }

    record CreateRedrive(
            @Nullable Filter filter,
            @Nullable Double ratePerSecond,
            boolean dryRun,
            @Nullable String target,
            @Nullable String qualifier,
            @Nullable Integer maximum,
            @Nullable PayloadEdit edit,
            @Nullable String by) {

        RedriveOrder order(Instant now) {
            checkBy(by);
            checkTarget();
            try {
                return new RedriveOrder(
                        Asked.which(null, filter),
                        Objects.requireNonNullElse(ratePerSecond, RedriveOrder.DEFAULT_RATE),
                        dryRun,
                        target,
                        qualifier,
                        maximum,
                        edit,
                        now,
                        by);
            } catch (IllegalArgumentException e) {
                throw ManagementRefusal.invalid(String.valueOf(e.getMessage()));
            }
        }

        private void checkTarget() {
            try {
                if (target != null && InvocationTarget.parse(target).qualifier() != null && qualifier != null) {
                    throw ManagementRefusal.invalid("the target has a qualifier already");
                }
                if (qualifier != null) {
                    var _ = new InvocationTarget(
                            InvocationTarget.parse("arn:aws:lambda:us-east-1:000000000000:function:f")
                                    .function(),
                            qualifier);
                }
            } catch (IllegalArgumentException e) {
                throw ManagementRefusal.invalid("target or qualifier: " + e.getMessage());
            }
        }
    }

    record CancelRedrive(@Nullable String by) {
        @Nullable
        String checkedBy() {
            checkBy(by);
            return by;
        }
    }

    private static void checkBy(@Nullable String by) {
        if (by != null && by.length() > LONGEST_BY) {
            throw ManagementRefusal.invalid("by has at most " + LONGEST_BY + " characters");
        }
    }

    /** Exactly one of the two, so that a forgotten filter does not mean everything. */
    private static Filter which(@Nullable List<String> ids, @Nullable Filter filter) {
        if (ids == null && filter != null) {
            return filter;
        }
        if (ids == null || filter != null) {
            throw ManagementRefusal.invalid("name either ids or a filter; a filter without members means all");
        }
        if (ids.size() > Filter.MOST_IDS) {
            throw ManagementRefusal.invalid("at most " + Filter.MOST_IDS + " ids");
        }
        return new Filter(null, null, null, null, null, null, null, null, ids);
    }

    private Asked() {}
}
