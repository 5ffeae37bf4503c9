import { useEffect, useState } from 'react';
import type { User } from '../../../../common/contract/users.ts';
import { Button } from '../../../design/controls/index.ts';
import { useRowHeight } from '../../../design/data/row-height.ts';
import { VirtualList } from '../../../design/data/virtual-list.tsx';
import { Empty, Loading } from '../../../design/feedback/states.tsx';
import { IconPlus, IconUsers } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount, formatTime } from '../../../state/format.ts';
import { useNode } from '../../../state/node.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { openDialog } from '../dialogs.ts';
import { loadUsers, useUsers } from './users-store.ts';

const columns = 'minmax(120px, 1fr) 88px 152px 152px 72px';

/** People who may sign in from a browser. What can be done with one is in the foot bar. */
export function UsersSection({ isAdmin }: { readonly isAdmin: boolean }) {
  const { t } = useTranslation('settings');
  const connected = useNode(({ connection }) => connection.kind === 'connected');
  const { users, failure } = useUsers();
  const [selected, setSelected] = useState<string>();
  useEffect(() => {
    if (connected && isAdmin) void loadUsers();
  }, [connected, isAdmin]);
  const index = users?.findIndex(({ username }) => username === selected) ?? -1;
  return (
    <section className="st-users" aria-labelledby="st-users">
      <div className="sb-part-head st-users-head">
        <h3 id="st-users" className="sb-h">
          {t('people')}
        </h3>
        {users !== undefined && isAdmin && <span className="sb-3">{formatCount(users.length)}</span>}
        <span className="sb-grow" />
        {isAdmin && (
          <>
            <Button variant="default" disabled={!connected} onClick={() => openDialog({ kind: 'setupLink' })}>
              {t('setupLink')}
            </Button>
            <Button disabled={!connected} leftSection={<IconPlus size={14} stroke={1.6} />} onClick={() => openDialog({ kind: 'addUser' })}>
              {t('addUser')}
            </Button>
          </>
        )}
      </div>
      {!isAdmin && <p className="sb-3 st-note">{t('usersForAdmins')}</p>}
      {isAdmin && users === undefined && failure === undefined && <UsersLoading />}
      {isAdmin && users === undefined && failure !== undefined && (
        <CallFailure title={t('usersFailed')} error={failure} call="users.list" onRetry={() => void loadUsers()} />
      )}
      {isAdmin && users?.length === 0 && (
        <Empty
          icon={<IconUsers size={24} stroke={1.5} />}
          title={t('noUsers')}
          terminal={{ label: t('fromTerminal'), command: 'signalbox users add ada --role operator' }}
        >
          {t('noUsersDetail')}
        </Empty>
      )}
      {isAdmin && users !== undefined && users.length > 0 && (
        <>
          <PeopleList users={users} index={index} onSelect={setSelected} />
          <UserFoot user={users[index]} connected={connected} />
        </>
      )}
    </section>
  );
}

function UsersLoading() {
  const { t } = useTranslation('common');
  return <Loading rows={3} asking={(seconds) => t('asking', { node: t('thisNode'), seconds })} cancelLabel={t('cancel')} />;
}

function PeopleList(props: {
  readonly users: readonly User[];
  readonly index: number;
  readonly onSelect: (username: string | undefined) => void;
}) {
  const { t } = useTranslation('settings');
  const { t: common } = useTranslation('common');
  const rowHeight = useRowHeight('--sb-row');
  const time = (ms: number | null) => (ms === null ? t('never') : formatTime(ms));
  return (
    <div className="st-people" style={{ height: Math.min(12, props.users.length) * rowHeight + 28 }}>
      <VirtualList
        label={t('people')}
        count={props.users.length}
        rowHeight={rowHeight}
        columns={columns}
        keyOf={(row) => props.users[row]?.username ?? row}
        selectedIndex={props.index === -1 ? undefined : props.index}
        onSelect={(row) => props.onSelect(props.users[row]?.username)}
        head={
          <div className="sb-head" style={{ gridTemplateColumns: columns }}>
            <span>{t('username')}</span>
            <span>{t('role')}</span>
            <span>{t('lastSignIn')}</span>
            <span>{t('createdAt')}</span>
            <span className="sb-r">{t('sessions')}</span>
          </div>
        }
        renderRow={(row) => {
          const user = props.users[row];
          if (user === undefined) return null;
          return (
            <>
              <b>{user.username}</b>
              <span>{common(`role_${user.role}`)}</span>
              <span className="sb-2">{time(user.lastSignInAt)}</span>
              <span className="sb-3">{time(user.createdAt)}</span>
              <span className="sb-r">{formatCount(user.sessions)}</span>
            </>
          );
        }}
      />
    </div>
  );
}

function UserFoot({ user, connected }: { readonly user: User | undefined; readonly connected: boolean }) {
  const { t } = useTranslation('settings');
  if (user === undefined) return <div className="st-foot sb-3">{t('chooseUser')}</div>;
  const { username } = user;
  const act = (kind: 'setRole' | 'setPassword', label: string) => (
    <button type="button" className="sb-link" disabled={!connected} onClick={() => openDialog({ kind, username })}>
      {label}
    </button>
  );
  return (
    <div className="st-foot">
      <b>{username}</b>
      <span className="sb-sep" />
      {act('setRole', t('setRole'))}
      {act('setPassword', t('setPassword'))}
      <span className="sb-grow" />
      <button
        type="button"
        className="sb-link st-danger"
        disabled={!connected}
        onClick={() => openDialog({ kind: 'removeUser', username })}
      >
        {t('removeUser')}
      </button>
    </div>
  );
}
