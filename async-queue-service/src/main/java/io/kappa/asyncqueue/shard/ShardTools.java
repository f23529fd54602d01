package io.kappa.asyncqueue.shard;

import io.kappa.asyncqueue.policy.EventPolicies;
import io.kappa.asyncqueue.record.Records;
import java.time.Clock;

/**
 * What all shards of a process share.
 *
 * @param places how many attempts of one shard may run at once
 */
public record ShardTools(
        Rules rules,
        int places,
        EventPolicies policies,
        Records records,
        Work work,
        Shards shards,
        UnreadReports unread,
        EndingMetrics metrics,
        Clock clock) {}
