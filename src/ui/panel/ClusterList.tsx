import * as React from 'react';

import { areKeptFresh } from '../../model/freshness';
import { IStatus } from '../../tokens';
import { ClusterCard } from './ClusterCard';
import { ClusterForm } from './ClusterForm';
import { IPanelViewProps } from './PanelView';
import { IEditing } from './useEditing';

/**
 * The cards, with the form in the place of the one that is edited.
 */
export function ClusterList(
  props: IPanelViewProps &
    IEditing & { readonly status: IStatus; readonly now: number }
): JSX.Element {
  const { actions, edited, standIn, status, trans } = props;
  const old = edited === 'new' ? null : edited;
  const form = edited && (
    <ClusterForm
      key={`form ${old?.issuer ?? ''}`}
      cluster={old}
      actions={actions}
      trans={trans}
      onClose={props.close}
    />
  );
  const cards = status.sessions.map(session =>
    old && session.cluster.issuer === old.issuer ? (
      form
    ) : (
      <ClusterCard
        key={session.cluster.issuer}
        session={session}
        gatewayUser={status.gateway_user ?? null}
        isKeptFresh={areKeptFresh(status, standIn)}
        actions={actions}
        trans={trans}
        now={props.now}
        editButton={props.editButton(session.cluster.issuer)}
        onEdit={() => props.edit(session.cluster)}
      />
    )
  );
  return (
    <>
      {/* In one list, so that what is typed stays when the card has gone. */}
      {cards.includes(form) ? cards : [...cards, form]}
      {edited === null && (
        <div>
          <button
            ref={props.addButton}
            type="button"
            className="jp-deploykf-Small"
            onClick={() => props.edit('new')}
          >
            {trans.__('Add a cluster…')}
          </button>
        </div>
      )}
    </>
  );
}
