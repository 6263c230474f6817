package io.moraine.dataset.content;

import io.moraine.content.store.ObjectStoreException;
import io.moraine.content.store.ObjectStoreException.Reason;
import io.moraine.kit.problem.ProblemMapper;
import io.moraine.kit.problem.RequestProblem;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Says of a bucket that does not do what was asked whether it is worth trying again. */
class BucketMapper {
  private static final Logger LOG = Logger.getLogger(BucketMapper.class);

  @ServerExceptionMapper
  public Response failed(ObjectStoreException e) {
    if (e.isRetryable()) {
      LOG.warn(e.getMessage());
      return ProblemMapper.answer(new ContentProblem.Unavailable(e.bucket()));
    }
    String id = UUID.randomUUID().toString();
    LOG.errorf(e, "Fault %s", id);
    return ProblemMapper.answer(
        e.reason() == Reason.REFUSED
            ? new ContentProblem.Refused(e.bucket(), id)
            : new RequestProblem.Fault(id));
  }
}
