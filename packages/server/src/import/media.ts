/** Video resources of a fixture file, under the region they live in. */
import { importers as ivsImporters } from '../services/ivs/importers.ts';
import { importers as kinesisImporters } from '../services/kinesisvideo/importers.ts';
import { located } from './at.ts';
import type { At } from './at.ts';
import type { Load } from './iam.ts';

type Place = Load & { readonly region: string };
type Loader = (place: Place, at: At) => Promise<string>;

const regionName = /^[a-z]{2}(-[a-z]+)+-[0-9]+$/;
const resourceId = (at: At): string => at.text(/^[A-Za-z0-9]{1,64}$/, 'an id of letters and digits');
const resourceName = (at: At): string => at.text(/^[A-Za-z0-9_.-]{1,256}$/, 'a name [A-Za-z0-9_.-]');
const creationCode = (at: At): string | undefined => at.optionalText(/^[0-9]{13}$/, 'a creation code of 13 digits');

const loadChannel: Loader = ({ tx, ...place }, at) => {
  at.map(['id', 'name', 'type', 'authorized', 'tags', 'streamKey']);
  const key = at.member('streamKey');
  const type = at.member('type').optionalText(/^(BASIC|STANDARD|ADVANCED_SD|ADVANCED_HD)$/, 'a channel type');
  return ivsImporters.channel(tx, place, {
    id: resourceId(at.member('id')),
    name: at.member('name').optionalText(/^[A-Za-z0-9_-]{0,128}$/, 'a name [A-Za-z0-9_-]') ?? '',
    ...(type === undefined ? {} : { type: type as 'BASIC' }),
    ...(at.member('authorized').truth() ? { authorized: true } : {}),
    tags: at.member('tags').texts(),
    ...(key.present
      ? {
          streamKey: {
            id: key.member('id').optionalText(/^[A-Za-z0-9]{1,64}$/, 'an id of letters and digits'),
            value: key.member('value').optionalText(/^[\x21-\x7e]{16,128}$/, 'a stream key'),
          },
        }
      : {}),
  });
};

const loadStream: Loader = ({ tx, ...place }, at) => {
  at.map(['name', 'code', 'tags']);
  return kinesisImporters.stream(tx, place, {
    name: resourceName(at.member('name')),
    code: creationCode(at.member('code')),
    tags: at.member('tags').texts(),
  });
};

const loadSignalingChannel: Loader = ({ tx, ...place }, at) => {
  at.map(['name', 'code', 'tags']);
  return kinesisImporters.signalingChannel(tx, place, {
    name: resourceName(at.member('name')),
    code: creationCode(at.member('code')),
    tags: at.member('tags').texts(),
  });
};

/** Service → list in its region → what loads an element. */
const loaders: Readonly<Record<string, Readonly<Record<string, Loader>>>> = {
  ivs: { channels: loadChannel },
  kinesisvideo: { streams: loadStream, signalingChannels: loadSignalingChannel },
};

/** Loads the video resources of one account. */
export async function loadMedia(load: Load, account: At): Promise<void> {
  for (const [service, lists] of Object.entries(loaders)) {
    for (const [region, at] of account.entries(service)) {
      if (!regionName.test(region)) at.refuse('must stand under the name of a region such as us-west-2');
      at.map(Object.keys(lists));
      for (const [list, loader] of Object.entries(lists)) {
        for (const element of at.list(list)) await located(element, () => loader({ ...load, region }, element));
      }
    }
  }
}
