import Observability

/// Why a worker may not go on with a job.
package enum JobsError: ExplainedError, Equatable {
    /// The lease ended and somebody else has settled the job or begun it anew.
    case leaseLost

    package var code: String { "jobs.leaseLost" }

    package var userText: String {
        "The worker was away for too long; another one went on with this."
    }

    package var operatorText: String {
        "the claim is no longer the job's: its lease ended before it was renewed"
    }
}
